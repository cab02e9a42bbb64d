import { setInterval } from "node:timers/promises";

export default {
  says: "a client tells twenty times a second that it is there, always in the same words, and hears that it was heard",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    let beats = 0;
    const asked = [];
    for await (const _ of setInterval(50)) {
      client.say("/", "here", {});
      asked.push(client.ask("/", "still there?", {}));
      if (++beats === 60) break;
    }
    await Promise.all(asked);
    await server.hears("/", "here", beats);
  },
};
