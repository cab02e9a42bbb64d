export default {
  says: "clients of Engine.IO 3 and 4 side by side on one server, with the same events at the same moment",
  over: { versions: ["4.8.4", "4.8.4 on 3.1.2"], transports: ["polling", "websocket", "upgrade"] },
  options: { allowEIO3: true },
  claims: {},

  async play({ server, tab }) {
    const clients = [tab({ version: "2.5.0" }), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    for (const number of [1, 2, 3]) server.io.emit("news", number);
    await Promise.all(clients.map((client) => client.hears("news", 3)));
    await Promise.all(clients.map((client) => client.ask("/", "question")));
    await server.ask("question");
    await server.pulse(2);
  },
};
