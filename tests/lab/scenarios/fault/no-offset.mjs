export default {
  says: "a client that received no event comes back: it has a pid, no offset, and no way to be recovered",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { connectionStateRecovery: {} },
  claims: {},
  expect: { faults: { "recovery/impossible": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    await client.drop();
    await server.closes(sid);
    const next = await client.settled(2);
    if (next.recovered) throw new Error("the server recovered a session without an offset");
  },
};
