import { until } from "../../parts/until.mjs";

export default {
  says: "something beside the application broadcasts an event without data, as emitters of other languages can: clients die of it",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { pingTimeout: 2000 }, // Over polling, only the missing pong tells of its death.
  claims: { faulty: true },
  expect: { lossy: true, faults: { "protocol/crashing-packet": "certain" }, allows: ["transport/ping-timeout"] },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    server.io.of("/").adapter.broadcast({ type: 2 }, { rooms: new Set(), except: new Set() });
    await until("the client was dead", () => !client.alive, [client]);
    await server.closes(sid);
  },
};
