export default {
  says: "the same bad broadcast hits a client that leaks and one that does not: only the first has an orphan",
  over: { transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 1, extra: 1, poisoned: true },

  async play({ server, tab }) {
    const clients = [tab({ version: "4.7.5" }), tab({ version: "4.8.4" })];
    await Promise.all(clients.map((client) => client.settled()));
    server.poison();
    await Promise.all(clients.map((client) => client.settled(2)));
    server.io.emit("news");
    await Promise.all(clients.map((client) => client.hears("news")));
  },
};
