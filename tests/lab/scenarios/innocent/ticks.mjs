import { setInterval } from "node:timers/promises";

export default {
  says: "a server sends an equal tick sixty times a second, and a score ten times: the ticks come in bunches between",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const clients = [tab(), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    let frame = 0;
    for await (const _ of setInterval(1000 / 60)) {
      server.io.emit("tick", {});
      if (++frame % 6 === 0) server.io.emit("score", frame);
      if (frame === 300) break;
    }
    await Promise.all(clients.map((client) => client.hears("tick", frame)));
  },
};
