import { setInterval } from "node:timers/promises";

export default {
  says: "a page with three connections of its own hears the same fast stream on each",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const page = tab({ twin: "open another" });
    await page.settled();
    for (const twins of [1, 2]) {
      server.io.emit("open another");
      await page.until("another connection was open", () => page.twins >= twins);
    }
    let frame = 0;
    for await (const _ of setInterval(40)) {
      server.io.emit("tick", {});
      server.io.emit("price", Math.floor(frame / 2));
      if (++frame === 60) break;
    }
    await page.hears("price", frame);
  },
};
