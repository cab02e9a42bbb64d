#!/usr/bin/env node
// The lab: real Socket.IO clients and servers talk through sioscope, and what it says is held against what the
// server itself knows. README.md says how to run one scenario and how to add one.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { perform } from "./parts/perform.mjs";
import { reportAll, reportEnd } from "./parts/report.mjs";
import { loadScenarios } from "./parts/scenarios.mjs";
import { writeTable } from "./parts/table.mjs";

const kUsage = "usage: node run.mjs [--program PATH] [--only REGEX] [--direct] [--recorded] [--jobs N] [--table] [--list]";

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        program: { type: "string", default: fileURLToPath(new URL("../../build/release/sioscope", import.meta.url)) },
        only: { type: "string", default: "" },
        direct: { type: "boolean", default: false },
        recorded: { type: "boolean", default: false },
        jobs: { type: "string", default: "4" },
        table: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
      },
    });
    const jobs = Number(values.jobs);
    if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs ${values.jobs} is no positive number`);
    return { ...values, jobs, only: new RegExp(values.only), program: resolve(values.program) };
  } catch (error) {
    stop(`${error.message}\n${kUsage}`);
  }
}

/** What a scenario needs and this machine lacks is said aloud: nobody shall think that it was played. */
function isPossible({ name, lacks }) {
  const missing = lacks?.();
  if (missing) console.log(`SKIPPED ${name}: ${missing}`);
  return !missing;
}

function stop(sentence) {
  console.error(`lab: ${sentence}`);
  process.exit(2);
}

const { program, only, direct, recorded, jobs, list, table } = readArguments();
const chosen = (await loadScenarios()).filter(({ name }) => only.test(name)).filter(isPossible);
if (chosen.length === 0) stop("no scenario has such a name; --list shows them all");
if (list) {
  for (const { name, says } of chosen) console.log(`${name}\n    ${says}`);
  process.exit(0);
}
if (!direct && !existsSync(program)) stop(`there is no ${program}: build it first, or name another with --program`);

const logs = mkdtempSync(join(tmpdir(), "sioscope-lab-"));
const waiting = chosen.entries();
const results = [];

/** One of `jobs` hands: takes the next scenario until none is left. */
async function work() {
  for (const [index, scenario] of waiting) {
    const folder = join(logs, scenario.name.replace(/[^\w.-]+/g, "-"));
    mkdirSync(folder);
    const begin = performance.now();
    const { complaints, truth, said, score } = await perform(scenario, { program: direct ? null : program, folder, recorded });
    const seconds = (performance.now() - begin) / 1000;
    results[index] = { scenario, complaints, truth, said, score, seconds, folder };
    reportEnd(results[index]);
    if (complaints.length === 0) rmSync(folder, { recursive: true });
  }
}

await Promise.all(Array.from({ length: jobs }, work));
const failed = reportAll(results);
if (table) writeTable(fileURLToPath(new URL("README.md", import.meta.url)), results);
if (failed === 0) rmSync(logs, { recursive: true });
process.exit(failed ? 1 : 0);
