export default {
  says: "each time a client comes back it is asked once more, and it answers each question, with the same words",
  over: { versions: ["4.5.4", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "answers",
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    let answers = 0;
    for (const life of [1, 2, 3, 4]) {
      const { sid } = await client.settled(life);
      for (const _ of ["once", "again"]) {
        for (let asked = 0; asked < life; asked++) server.io.emit("question", asked);
        await server.hears("/", "answer", (answers += life));
        await server.pulse();
      }
      if (life === 4) break;
      await client.drop();
      await server.closes(sid);
    }
  },
};
