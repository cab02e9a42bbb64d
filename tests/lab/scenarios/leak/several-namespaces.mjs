export default {
  says: "an orphan that had joined three namespaces is named with its socket id in each",
  over: { versions: ["4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 1, extra: 3, poisoned: true },

  serve(io) {
    io.of("/chat");
    io.of("/admin");
  },

  async play({ server, tab }) {
    const client = tab({ namespaces: ["/", "/chat", "/admin"] });
    await client.settled();
    server.poison();
    await client.settled(2);
    for (const nsp of ["/", "/chat", "/admin"]) server.io.of(nsp).emit("news", "the same");
    for (const nsp of ["/", "/chat", "/admin"]) await client.hears("news", 1, nsp);
  },
};
