// What decoding costs: sioscope's decoders beside the official parsers, in one run. README.md says how it is measured.
//
//     node decode.mjs [NAME...] [--quick] [--rounds N] [--seconds S] [--program FILE]
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, spread, table, thousands } from "./figures.mjs";
import { payloadBytes, wire, workloads } from "./workloads.mjs";

const kBar = 20; // Times the official parsers.
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    seconds: { type: "string" },
    program: { type: "string", default: "build/release/tests/bench_decode" },
  },
});
const rounds = Math.min(Number(options.rounds ?? (options.quick ? 5 : 25)), 1000);
const seconds = Math.min(Number(options.seconds ?? (options.quick ? 0.05 : 0.1)), 15);
const chosen = positionals.length === 0 ? workloads : workloads.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0 || !(rounds >= 1) || !(seconds > 0)) {
  console.error(`usage: ./dev bench decode [NAME...] [--quick] [--rounds N] [--seconds S]
       NAME is one of ${workloads.map(({ name }) => name).join(" ")}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

// --- The contenders: processes that decode when they are told to, and sleep otherwise ---

/** All on one CPU, the last one: they take turns, and the same neighbours disturb them. */
const pinned = (() => {
  try {
    execFileSync("taskset", ["-c", `${cpus().length - 1}`, "true"], { stdio: "ignore" });
    return ["taskset", "-c", `${cpus().length - 1}`];
  } catch {
    return [];
  }
})();

class Contender {
  #child;
  #answers;
  #key;

  /** @param key What it knows a workload by. */
  constructor(command, key) {
    const [program, ...args] = [...pinned, ...command];
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.once("error", (error) => {
      console.error(`bench: ${program}: ${error.message}`);
      process.exit(1);
    });
    running.add(this.#child);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#key = key;
  }

  async measure(workload, duration) {
    this.#child.stdin.write(`${this.#key(workload)} ${duration * 1000}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error("a contender ended before its time");
    const { passes, packets, checksum, nanoseconds } = JSON.parse(value);
    return { packets: packets / passes, checksum: checksum / passes, cost: nanoseconds / packets };
  }
}

const files = workloads.flatMap((workload) => {
  const file = join(folder, workload.name);
  writeFileSync(file, wire(workload));
  return [workload.transport, file];
});
const contenders = {
  // One thread each: what V8 would let helpers do counts where it belongs.
  official: new Contender([process.execPath, "--single-threaded", fileURLToPath(new URL("official.mjs", import.meta.url))],
                          ({ name }) => name),
  bare: new Contender([options.program, "bare", ...files], (workload) => workloads.indexOf(workload)),
  tap: new Contender([options.program, "tap", ...files], (workload) => workloads.indexOf(workload)),
};

// --- Measuring ---

const faults = [];

/** Nobody may skip the work: every contender has found the same packets, with the same in them. */
function check({ title }, results) {
  const found = ({ packets, checksum }) => `${packets} packets, checksum ${checksum}`;
  for (const [name, result] of Object.entries(results))
    if (found(result) !== found(results.official))
      faults.push(`${title}: ${name} decoded ${found(result)}; the official parsers ${found(results.official)}`);
}

async function round(workload, duration) {
  const results = {};
  for (const [name, contender] of Object.entries(contenders)) results[name] = await contender.measure(workload, duration);
  check(workload, results);
  return results;
}

const version = (name) => {
  const file = new URL(`../differential/node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(readFileSync(file)).version}`;
};
console.log(`${cpus().length} CPUs, ${cpus()[0].model.trim()}; Node ${process.version.slice(1)}, ${version("engine.io-parser")}, ${version("socket.io-parser")}`);
console.log(`${rounds} rounds, ${seconds} s each, ${pinned.length > 0 ? "all on one CPU, in turn" : "not pinned"}`);
if (loadavg()[0] > 1)
  console.log(`note: other work runs here (load ${loadavg()[0].toFixed(1)}); trust the ratios, not the nanoseconds`);
console.log("CPU nanoseconds a packet, median (least..most); times: how often faster than the official parsers:\n");

const row = table([20, 26, 24, 21, 24, 21], 1);
row("", "official", "sioscope", "times", "its whole tap", "times");
const rates = [];
for (const workload of chosen) {
  await round(workload, 5 * seconds + 0.5); // Warms up: V8 compiles what is hot.
  const results = [];
  for (let i = 0; i < rounds; ++i) results.push(await round(workload, seconds));
  const costs = (name) => results.map((result) => result[name].cost);
  const times = (name) => results.map((result) => result.official.cost / result[name].cost);
  row(workload.title, spread(costs("official"), 0), spread(costs("bare"), 1), spread(times("bare"), 1),
      spread(costs("tap"), 1), spread(times("tap"), 1));
  rates.push({ workload, packets: results[0].official.packets, cost: (name) => median(costs(name)), times: median(times("bare")) });
}

console.log("\nThe same as packets a second, and MB a second:\n");
for (const { workload, packets, cost } of rates) {
  const rate = (name) => `${thousands(1e9 / cost(name))} / ${thousands((payloadBytes(workload) / packets / cost(name)) * 1e3)}`;
  row(workload.title, rate("official"), rate("bare"), "", rate("tap"), "");
}

const short = rates.filter(({ times }) => times < kBar).map(({ workload, times }) => `${workload.title} ${times.toFixed(1)}`);
console.log(short.length === 0 ? `\nEach is at least ${kBar} times as fast as the official parsers: the aim.`
                               : `\nThe aim of ${kBar} times the official parsers is missed: ${short.join(", ")}.`);
if (faults.length > 0) {
  console.log(`\nWARNING: NOT EVERYBODY DECODED THE SAME:\n  ${[...new Set(faults)].join("\n  ")}`);
  process.exitCode = 1;
}
for (const child of running) child.kill();
