export default {
  says: "two parts of a server broadcast every event: each client is sent each of them twice",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: { faulty: true },
  expect: { lossy: true, faults: { "duplicate/fan-out-times-n": "likely" } },

  async play({ server, tab }) {
    const clients = [tab(), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    for (const number of Array.from({ length: 12 }, (_, i) => i + 1)) {
      server.io.emit("news", { number });
      server.io.emit("news", { number });
      await Promise.all(clients.map((client) => client.hears("news", number * 2)));
      await server.pulse();
    }
  },
};
