import { kPackings } from "../../parts/packings.mjs";

export default {
  says: "a leak whose bad packet and extra copies come in packed polling bodies",
  over: { cases: kPackings, versions: ["4.7.5"], transports: ["polling"] },
  claims: { orphans: 1, extra: 3, poisoned: true },

  async play({ server, tab, pack, packing }) {
    pack(server);
    const client = tab({ headers: { "accept-encoding": packing } });
    await client.settled();
    server.io.emit("long", "x".repeat(2000)); // So that the bad packet's body is long enough to be packed.
    server.poison();
    await client.settled(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number, "x".repeat(2000));
    await client.hears("news", 3);
    await client.say("/", "thanks");
    await server.hears("/", "thanks", 1);
    await client.until(`a body came as ${packing}`, () => client.unpacked.includes(packing));
  },
};
