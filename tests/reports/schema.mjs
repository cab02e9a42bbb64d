// Holds the SARIF report against the official schema of SARIF 2.1.0, over runs that found something hostile, nothing, and
// not enough. The schema comes with @microsoft/jest-sarif.
//
//     node schema.mjs --program build/release/tests/hostile_report
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import Ajv from "ajv";

const require = createRequire(import.meta.url);
const { values } = parseArgs({ options: { program: { type: "string" } } });

const ajv = new Ajv({ schemaId: "auto", allErrors: true });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
const isSarif = ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));

let passed = 0;
let failed = 0;
function check(claim, holds, why = "") {
  if (holds) passed += 1;
  else failed += 1;
  if (!holds) console.log(`FAILED ${claim} ${why}`);
}

for (const run of ["hostile", "clean", "inconclusive"]) {
  const report = JSON.parse(execFileSync(values.program, ["sarif", run], { encoding: "utf8" }));
  check(`sarif, ${run}: valid by the schema`, isSarif(report), ajv.errorsText(isSarif.errors, { separator: "\n  " }));
  check(`sarif, ${run}: results as expected`, report.runs[0].results.length > 0 === (run === "hostile"));

  // Is the judge awake?
  report.runs[0].tool.driver.name = 1;
  check(`sarif, ${run}: a wrong report is refused`, !isSarif(report));
}

console.log(`reports: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
