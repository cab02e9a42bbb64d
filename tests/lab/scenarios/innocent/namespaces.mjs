export default {
  says: "three namespaces on one connection carry equal events at the same moment",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  serve(io) {
    io.of("/chat");
    io.of("/admin");
  },

  async play({ server, tab }) {
    const namespaces = ["/", "/chat", "/admin"];
    const client = tab({ namespaces });
    await client.settled();
    for (let number = 0; number < 3; number += 1) {
      for (const nsp of namespaces) server.io.of(nsp).emit("news", "the same");
      await Promise.all(namespaces.map((nsp) => client.ask(nsp, "hello", "the same")));
    }
    await Promise.all(namespaces.map((nsp) => client.hears("news", 3, nsp)));
  },
};
