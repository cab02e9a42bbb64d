#!/usr/bin/env node
// Real traffic, captured by other people's tools, and analysed: `sioscope analyze` must say of it what a live sioscope
// said, or what the server knows. README.md says more.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as browsers from "./cases/browsers.mjs";
import * as live from "./cases/live.mjs";
import * as middle from "./cases/middle.mjs";
import * as tools from "./cases/tools.mjs";

const kUsage = "usage: node run.mjs [--program PATH] [--only REGEX] [--all] [--jobs N] [--list]";

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        program: { type: "string", default: fileURLToPath(new URL("../../build/release/sioscope", import.meta.url)) },
        only: { type: "string", default: "" },
        all: { type: "boolean", default: false },
        jobs: { type: "string", default: "2" },
        list: { type: "boolean", default: false },
      },
    });
    return { ...values, only: new RegExp(values.only), jobs: Number(values.jobs), program: resolve(values.program) };
  } catch (error) {
    stop(`${error.message}\n${kUsage}`);
  }
}

function stop(sentence) {
  console.error(`captures: ${sentence}`);
  process.exit(2);
}

const { program, only, all, jobs, list } = readArguments();
const cases = [];
for (const part of [live, tools, middle, browsers]) cases.push(...(await part.cases({ all })));
const chosen = cases.filter(({ name }) => only.test(name));
if (chosen.length === 0) stop("no case has such a name; --list shows them all");
if (list) {
  for (const { name } of chosen) console.log(name);
  process.exit(0);
}
if (!existsSync(program)) stop(`there is no ${program}: build it first, or name another with --program`);

const logs = mkdtempSync(join(tmpdir(), "sioscope-captures-"));
const waiting = chosen.entries();
const counts = { passed: 0, failed: 0 };

/** One of `jobs` hands: takes the next case until none is left. */
async function work() {
  for (const [index, { name, lacks, play }] of waiting) {
    const missing = lacks?.();
    if (missing) {
      console.log(`SKIPPED ${name}: ${missing}`); // Nobody shall think that it was played.
      continue;
    }
    const folder = join(logs, String(index));
    mkdirSync(folder);
    let complaints;
    try {
      complaints = await play({ program, folder });
    } catch (error) {
      complaints = [error.stack];
    }
    const ok = complaints.length === 0;
    ++counts[ok ? "passed" : "failed"];
    console.log(`${ok ? "ok   " : "FAIL "} ${name}`);
    for (const complaint of complaints) console.log(`      ${complaint.replaceAll("\n", "\n      ")}`);
    if (ok) rmSync(folder, { recursive: true });
    else console.log(`      see ${folder}`);
  }
}

await Promise.all(Array.from({ length: jobs }, work));
if (counts.failed === 0) rmSync(logs, { recursive: true });
console.log(`captures: ${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed ? 1 : 0);
