// What docker/ offers: the image and the compose set-ups in a real engine, the manifests, what is provisioned.
//
//     node run.mjs --program build/release/sioscope [--engine]
//
// With `--engine` an engine is looked for, then started; without one, that part is skipped, and says so.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { tryEngine } from "./engine.mjs";
import { tryFiles } from "./files.mjs";
import { tryMetrics } from "./metrics.mjs";
import { skip, tally } from "./parts.mjs";

const { values } = parseArgs({ options: { program: { type: "string" }, engine: { type: "boolean", default: false } } });
const program = resolve(values.program);

tryFiles(program);
await tryMetrics(program);
if (values.engine) await tryEngine();
else skip("the image and the compose set-ups", "only `./dev test docker` starts an engine");
console.log(`docker: ${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
