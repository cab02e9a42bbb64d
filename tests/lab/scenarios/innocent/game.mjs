import { setInterval } from "node:timers/promises";

export default {
  says: "a game tells its world sixty times a second, and the world moves twenty times: each state goes out three times",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const clients = [tab(), tab(), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    let frame = 0;
    for await (const _ of setInterval(1000 / 60)) {
      server.io.emit("world", { x: Math.floor(frame / 3) });
      if (++frame === 300) break;
    }
    await Promise.all(clients.map((client) => client.hears("world", frame)));
  },
};
