export default {
  says: "three leaking clients have used as many ack ids: who followed whom is open, that three leaked is not",
  over: { versions: ["4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 3, extra: 3, poisoned: true },

  async play({ server, tab }) {
    const clients = [tab(), tab(), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    for (const client of [...clients, ...clients]) await client.ask("/", "question");
    server.poison();
    await Promise.all(clients.map((client) => client.settled(2)));
    await Promise.all(clients.map((client) => client.ask("/", "question")));
    server.io.emit("news");
    await Promise.all(clients.map((client) => client.hears("news")));
  },
};
