import { setInterval } from "node:timers/promises";

export default {
  says: "prices are told thirty times a second and change fifteen times: each goes out twice, steadily",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const clients = [tab(), tab()];
    await Promise.all(clients.map((client) => client.settled()));
    let frame = 0;
    for await (const _ of setInterval(1000 / 30)) {
      server.io.emit("price", Math.floor(frame / 2));
      if (++frame === 120) break;
    }
    await Promise.all(clients.map((client) => client.hears("price", frame)));
  },
};
