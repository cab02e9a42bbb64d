export default {
  says: "a server asks ten times the same, and gets ten times the same answer; in each of the client's sessions",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "answers",
  claims: {},
  expect: { lossy: true },

  async play({ server, tab }) {
    const client = tab();
    let answers = 0;
    for (const life of [1, 2, 3]) {
      const { sid } = await client.settled(life);
      for (let asked = 0; asked < 10; asked++) server.io.emit("question", "are you there?");
      await server.hears("/", "answer", (answers += 10));
      for (let asked = 0; asked < 10; asked++) {
        server.io.emit("question", "are you there?");
        await server.hears("/", "answer", ++answers);
      }
      await server.pulse();
      if (life === 3) break;
      await client.drop();
      await server.closes(sid);
    }
  },
};
