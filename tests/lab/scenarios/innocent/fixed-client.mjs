export default {
  says: "4.8 closes its old connection when it cannot parse a packet, and comes back: nothing is left behind",
  over: { versions: ["4.8.1", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },

  async play({ server, tab }) {
    const clients = [tab(), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    for (const life of [2, 3]) {
      server.poison();
      await Promise.all(clients.map((client) => client.settled(life)));
      for (const number of [1, 2]) server.io.emit("news", number);
      await Promise.all(clients.map((client) => client.hears("news", 2 * (life - 1))));
    }
  },
};
