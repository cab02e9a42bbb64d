import { kAgreements } from "../../parts/agreements.mjs";

export default {
  says: "a leak under permessage-deflate: the bad packet, the pings and every extra copy are compressed",
  over: { cases: kAgreements, versions: ["4.7.5"], transports: ["websocket", "upgrade"] },
  claims: { orphans: 1, extra: 3, poisoned: true },

  async play({ server, tab }) {
    const client = tab({ options: { perMessageDeflate: { threshold: 0 } } });
    await client.settled();
    server.poison();
    await client.settled(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number, "x".repeat(2000));
    await client.hears("news", 3);
    await client.say("/", "thanks");
    await server.hears("/", "thanks", 1);
  },
};
