import { isFull } from "../../parts/crowd.mjs";

const kStock = { reconnectionDelay: 1000, reconnectionDelayMax: 5000, randomizationFactor: 0.5 };

export default {
  says: "a server is restarted, and sixty clients come back within a second, as the stock back-off spreads them",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "crowd",
  claims: {},
  expect: { lossy: true },

  async play({ server, tab, transport }) {
    tab({ options: kStock });
    await isFull(server, transport);
    await server.stop();
    await server.start();
    await isFull(server, transport);
  },
};
