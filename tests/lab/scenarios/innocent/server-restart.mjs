export default {
  says: "the server stops, is away for a while, and comes back on the same port",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},
  expect: { lossy: true },

  async play({ server, tab }) {
    const clients = [tab(), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    await server.stop();
    await Promise.all(clients.map((client) => client.refused(/./)));
    await server.start();
    await Promise.all(clients.map((client) => client.settled(2)));
    server.io.emit("news");
    await Promise.all(clients.map((client) => client.hears("news")));
  },
};
