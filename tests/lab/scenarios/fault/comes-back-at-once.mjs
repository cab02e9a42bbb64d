import { isFull } from "../../parts/crowd.mjs";

export default {
  says: "a server is restarted, and sixty clients come back in one instant: their back-off has no random part",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "crowd",
  claims: {},
  // Likely from fifty losses on; over polling, who is between two polls is not seen to be lost.
  expect: { lossy: true, faults: { "storm/reconnect-storm": "possible" } },

  async play({ server, tab, transport }) {
    tab({ options: { randomizationFactor: 0 } });
    await isFull(server, transport);
    await server.stop();
    await server.start();
    await isFull(server, transport);
  },
};
