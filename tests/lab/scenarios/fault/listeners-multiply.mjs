export default {
  says: "a listener is registered inside `connect`: each event is answered once more after each reconnect",
  over: { versions: ["4.5.4", "4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "listens-in-connect",
  claims: {},
  expect: { lossy: true, faults: { "duplicate/reply-amplification": "likely" } },

  async play({ server, tab }) {
    const client = tab();
    let answers = 0;
    for (const life of [1, 2, 3]) {
      const { sid } = await client.settled(life);
      for (const question of [1, 2]) {
        server.io.emit("question", question);
        await server.hears("/", "answer", (answers += life));
      }
      await client.drop();
      await server.closes(sid);
    }
    await client.settled(4);
  },
};
