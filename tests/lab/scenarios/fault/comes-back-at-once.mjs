import { isFull } from "../../parts/crowd.mjs";

export default {
  says: "a server is restarted, and sixty clients come back in one instant: their back-off has no random part",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "crowd",
  claims: {},
  expect: { lossy: true, faults: { "storm/reconnect-storm": "likely" } },

  async play({ server, tab, transport }) {
    tab({ options: { randomizationFactor: 0 } });
    await isFull(server, transport);
    await server.stop();
    await server.start();
    await isFull(server, transport);
  },
};
