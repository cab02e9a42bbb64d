import { performance } from "node:perf_hooks";

const kPatienceMs = 12_000; // Longer than a probe may take.

export default {
  says: "WebSockets are granted and then nothing comes through: a probe is left open, for as long as its server lets it",
  over: { versions: ["2.5.0", "4.7.5", "4.8.4"], transports: ["upgrade"] },
  options: { allowEIO3: true, upgradeTimeout: 30_000 }, // With the default of 10 s the server gives the probe up.
  claims: {},
  expect: { faults: { "leak/upgrade-residue": "certain" } },

  async play({ server, tab, relay }) {
    const client = tab({ through: await relay({ swallowsFrames: true }) });
    await client.until("it was connected", () => client.current?.sockets.has("/"));
    const began = performance.now();
    while (performance.now() - began < kPatienceMs) await server.pulse();
    server.io.emit("news");
    await client.hears("news");
  },
};
