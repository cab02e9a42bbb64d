// Feeds the same generated frame sequences to the official parsers and to `sioscope decode`, and
// compares packets with their values, the frame that is refused, the words of the refusal, and what
// is still missing. Exits 1 on the first disagreements.
//
//   node compare.mjs --program build/release/sioscope [--count 200000] [--seed N]

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { Generator } from "./generate.mjs";
import { Random } from "./random.mjs";
import * as official from "./official.mjs";

const { values: options } = parseArgs({
  options: { program: { type: "string" }, count: { type: "string", default: "200000" }, seed: { type: "string" } },
});
if (!options.program) {
  console.error("compare: --program PATH is missing: the sioscope to compare with");
  process.exit(2);
}
const count = Number(options.count);
const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(options.seed);

const MODES = [
  { name: "socketio", share: 0.7, judge: official.socketio, frames: (g) => g.socketFrames(), args: ["--layer", "socketio"] },
  { name: "websocket", share: 0.15, judge: official.websocket, frames: (g) => g.websocketFrames(), args: ["--layer", "engineio", "--transport", "websocket"] },
  { name: "polling", share: 0.15, judge: official.polling, frames: (g) => g.pollingFrames(), args: ["--layer", "engineio", "--transport", "polling"] },
];
const BATCH = 20_000;

function lineOf(frames) {
  return JSON.stringify({
    frames: frames.map((frame) => (typeof frame === "string" ? { text: frame } : { base64: frame.toString("base64") })),
  });
}

/** What differs, or nothing. */
function difference(expected, line) {
  const start = `{"packets":${expected.packets},"error":`;
  if (!line.startsWith(start)) return "packets";
  const got = JSON.parse(line);
  if ((got.error?.frame ?? null) !== (expected.error?.frame ?? null)) return "frame";
  if (got.error && !got.error.reason.startsWith(expected.error.reason)) return "reason";
  if (got.pending !== expected.pending) return "pending";
}

const tally = { sequences: 0, accepted: 0, refused: 0, disagreements: 0 };

function runBatch(mode, generator, size) {
  const sequences = Array.from({ length: size }, () => mode.frames(generator));
  const lines = sequences.map(lineOf);
  const run = spawnSync(options.program, ["decode", ...mode.args], { input: lines.join("\n") + "\n", maxBuffer: 2 ** 30 });
  if (run.error || run.status !== 0) {
    console.error(`compare: ${options.program} failed: ${run.error ?? `status ${run.status} ${run.signal ?? ""} ${run.stderr}`}`);
    process.exit(1);
  }
  const answers = run.stdout.toString().split("\n");
  // Only now: the official decoder writes into what it is fed.
  sequences.forEach((frames, i) => {
    const expected = mode.judge(frames);
    const what = difference(expected, answers[i]);
    tally.sequences++;
    tally[expected.error ? "refused" : "accepted"]++;
    if (what === undefined) return;
    tally.disagreements++;
    if (tally.disagreements <= 10)
      console.log(`${mode.name}: ${what} differ\n  input    ${lines[i]}\n  official ${JSON.stringify(expected)}\n  sioscope ${answers[i]}`);
  });
}

console.log(`compare: seed ${seed}, ${count} sequences`);
const generator = new Generator(new Random(seed));
for (const mode of MODES) {
  let left = Math.round(count * mode.share);
  for (; left > 0; left -= BATCH) runBatch(mode, generator, Math.min(left, BATCH));
}
console.log(`compare: ${tally.sequences} sequences, ${tally.accepted} accepted, ${tally.refused} refused, ${tally.disagreements} disagreements`);
process.exit(tally.disagreements === 0 ? 0 : 1);
