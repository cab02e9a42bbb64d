export default {
  says: "a server asks for an acknowledgement, and the client's handler never gives one",
  over: { versions: ["4.5.4", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "never-answers",
  claims: {},
  expect: { lossy: true, faults: { "ack/unanswered": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    server.ask("confirm", 1);
    await client.hears("confirm");
    await server.pulse(4); // Longer than an answer could have been under way.
    await client.disconnect();
    await server.closes(sid);
  },
};
