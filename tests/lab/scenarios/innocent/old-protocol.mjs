import { once } from "node:events";
import { within } from "../../parts/until.mjs";

export default {
  says: "a client of Engine.IO 3 is passed on and counted as unobserved, beside one of today",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { allowEIO3: true },
  claims: {},

  async play({ server, tab, transport, url }) {
    const { default: connect } = await import("client-2.5.0");
    const transports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] }[transport];
    const old = connect(url, { transports, forceNew: true });
    try {
      await once(old, "connect");
      const young = tab();
      await young.settled();
      const heard = once(old, "news");
      server.io.emit("news", "for both");
      await Promise.all([heard, young.hears("news")]);
      await within(10_000, "the old client is answered", new Promise((answered) => old.emit("question", answered)));
    } finally {
      old.close();
    }
  },
};
