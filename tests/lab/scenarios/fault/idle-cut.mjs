import { until } from "../../parts/until.mjs";

export default {
  says: "a middlebox cuts what is quiet for longer than it likes, which is less than the heartbeat's interval",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket"] },
  options: { pingInterval: 25_000 },
  claims: {},
  expect: { lossy: true, faults: { "transport/idle-cut": "likely" } },

  async play({ server, tab, relay }) {
    const network = await relay({ idleMs: 10_500 });
    const clients = [];
    for (const number of [1, 2, 3]) {
      clients.push(tab({ through: network }));
      await clients.at(-1).settled();
      // Each is cut at a time of its own: cut at once, they would look like a restart.
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    await Promise.all(clients.map((client) => client.settled(2)));
    for (const client of clients) {
      await client.disconnect();
      await server.closes(client.current.sid);
    }
  },
};
