export default {
  says: "15 look-alike clients get every broadcast, and the broadcasts repeat: a ticker, and one sent twice on purpose",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const clients = Array.from({ length: 15 }, () => tab());
    await Promise.all(clients.map((client) => client.settled()));
    for (let number = 1; number <= 10; number += 1) {
      server.io.emit("tick");
      await Promise.all(clients.map((client) => client.hears("tick", number)));
    }
    server.io.emit("typing", "ada");
    server.io.emit("typing", "ada");
    await Promise.all(clients.map((client) => client.hears("typing", 2)));
  },
};
