export default {
  says: "one bad broadcast hits 15 leaking clients at once: 15 orphans, each with a successor of its own",
  over: { versions: ["4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 15, extra: 15, poisoned: true },

  async play({ server, tab }) {
    const clients = Array.from({ length: 15 }, () => tab());
    await Promise.all(clients.map((client) => client.settled()));
    server.poison();
    await Promise.all(clients.map((client) => client.settled(2)));
    server.io.emit("news");
    await Promise.all(clients.map((client) => client.hears("news")));
  },
};
