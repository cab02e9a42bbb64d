export default {
  says: "two components of a page join one room at each connect, and the connection is lost before they hear of it",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "joins-twice",
  claims: {},

  serve(io, server) {
    server.unanswered.add("/slow");
    io.of("/slow").on("connection", (socket) => socket.on("join", (_, answer) => setTimeout(answer, 600)));
  },

  async play({ server, tab }) {
    const client = tab({ namespaces: ["/slow"] });
    for (const life of [1, 2, 3]) {
      const { sid } = await client.settled(life);
      await server.hears("/slow", "join", life * 2);
      if (life === 3) break;
      await client.drop();
      await server.closes(sid);
    }
    await server.pulse(3); // The last ones are answered.
  },
};
