export default {
  says: "a client is away for longer than recovery remembers it, and comes back with a pid that is worth nothing",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { connectionStateRecovery: { maxDisconnectionDuration: 1 } },
  claims: {},
  expect: { faults: { "recovery/failed": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    server.io.emit("news", 1); // Recovery needs an offset, and an offset needs an event.
    await client.hears("news", 1);
    await client.drop();
    await server.closes(sid);
    const next = await client.settled(2);
    if (next.recovered) throw new Error("the server recovered the session all the same");
  },
};
