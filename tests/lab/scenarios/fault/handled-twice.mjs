export default {
  says: "a listener registered twice: the user says that an event is handled twice, and the wire says that it was sent once",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  args: ["--handled-twice", "question"],
  quirk: "listens-in-connect",
  claims: {},
  expect: { lossy: true, faults: { "duplicate/not-on-the-wire": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    await client.drop();
    await server.closes(sid);
    await client.settled(2);
    for (const number of [1, 2, 3]) {
      server.io.emit("question", number);
      await server.hears("/", "answer", number * 2); // Handled twice indeed.
    }
  },
};
