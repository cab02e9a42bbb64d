// Long and hard use: faults of the network, of the server, of clients and of the machine, and input that means it badly.
//
//     node run.mjs --program build/release/sioscope [--transparency build/release/tests/transparency] [--full] [--only NAME]
//
// The short form takes a minute, the full one some ten. README.md has the list, and what came of it.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { check, measured, tally } from "./parts/claims.mjs";
import * as certificates from "./scenarios/certificates.mjs";
import * as crowd from "./scenarios/crowd.mjs";
import * as descriptors from "./scenarios/descriptors.mjs";
import * as disk from "./scenarios/disk.mjs";
import * as drain from "./scenarios/drain.mjs";
import * as drops from "./scenarios/drops.mjs";
import * as hostile from "./scenarios/hostile.mjs";
import * as tls from "./scenarios/tls.mjs";

const { values } = parseArgs({ options: { program: { type: "string" }, transparency: { type: "string" }, full: { type: "boolean", default: false }, only: { type: "string" } } });
const options = { program: resolve(values.program), transparency: values.transparency && resolve(values.transparency), short: !values.full };

for (const scenario of [drain, descriptors, disk, drops, certificates, tls, hostile, crowd]) {
  if (values.only && values.only !== scenario.name) continue;
  const began = performance.now();
  console.log(`soak: ${scenario.name}`);
  try {
    await scenario.run(options);
  } catch (error) {
    check(`${scenario.name} runs`, false, error.stack);
  }
  measured.push([`${scenario.name} took`, `${((performance.now() - began) / 1000).toFixed(0)} s`]);
}
console.log(`soak: ${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
