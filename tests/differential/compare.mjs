// Feeds the same frame sequences to the official parsers and to `sioscope decode`, and compares packets with their values,
// the frame that is refused, the words of the refusal, and what is still missing. A mode is one parser; each has named
// cases, which run first, and a share of what is generated. Exits 1 when anything disagrees.
//
//   node compare.mjs --program build/release/sioscope [--count 200000] [--seed N] [--mode socketio-4.2]
//
// Socket.IO has a mode for each dialect; versions.mjs asks every release which packets it throws at, and is run by hand.
// Sequences are made, judged and forgotten in batches, so any count will do: `./dev fuzz differential --count N`.
// Its last line counts each named case and each mode's generated sequences as one test.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { Generator } from "./generate.mjs";
import { Random } from "./random.mjs";

const { values: options } = parseArgs({
  options: {
    program: { type: "string" },
    count: { type: "string", default: "200000" },
    seed: { type: "string" },
    mode: { type: "string" },
  },
});
if (!options.program) stop("--program PATH is missing: the sioscope to compare with");
const count = Number(options.count);
if (!Number.isInteger(count) || count < 0) stop(`--count ${options.count} is no number of sequences`);
const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(options.seed);

const BATCH = 20_000;
const kShown = 10; // Disagreements printed, a mode.

function stop(sentence) {
  console.error(`compare: ${sentence}`);
  process.exit(2);
}

async function loadModes() {
  const files = readdirSync(new URL("modes", import.meta.url)).filter((file) => file.endsWith(".mjs")).sort();
  const modes = [];
  for (const file of files) {
    const { default: mode } = await import(new URL(`modes/${file}`, import.meta.url));
    modes.push({ name: file.slice(0, -".mjs".length), ...mode });
  }
  const wanted = modes.filter(({ name }) => options.mode === undefined || name === options.mode);
  if (wanted.length === 0) stop(`there is no mode "${options.mode}"; there are: ${modes.map(({ name }) => name).join(" ")}`);
  return wanted;
}

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
  // As JSON has it: some parsers take Infinity for a count.
  if (got.pending !== JSON.parse(JSON.stringify(expected.pending))) return "pending";
}

/** Compares sequences; returns how many were accepted, refused, and judged differently. */
function compare(mode, sequences) {
  const lines = sequences.map(lineOf);
  const run = spawnSync(options.program, ["decode", ...mode.args], { input: lines.join("\n") + "\n", maxBuffer: 2 ** 30 });
  if (run.error || run.status !== 0) {
    console.error(`compare: ${options.program} failed: ${run.error ?? `status ${run.status} ${run.signal ?? ""} ${run.stderr}`}`);
    process.exit(1);
  }
  const answers = run.stdout.toString().split("\n");
  const tally = { accepted: 0, refused: 0, wrong: 0, disagreements: [] };
  // Only now: the official decoders write into what they are fed.
  sequences.forEach((frames, i) => {
    const expected = mode.judge(frames);
    const what = difference(expected, answers[i]);
    tally[expected.error ? "refused" : "accepted"]++;
    if (what === undefined) return;
    if (++tally.wrong <= kShown)
      tally.disagreements.push(`${what} differ\n  input    ${lines[i]}\n  official ${JSON.stringify(expected)}\n  sioscope ${answers[i]}`);
  });
  return tally;
}

let passed = 0;
let failed = 0;
function report(title, { wrong, disagreements }) {
  wrong === 0 ? passed++ : failed++;
  for (const sentence of disagreements.slice(0, kShown)) console.log(`${title}: ${sentence}`);
}

console.log(`compare: seed ${seed}, ${count} sequences`);
const generator = new Generator(new Random(seed));
const modes = await loadModes();
const shares = modes.reduce((sum, { share }) => sum + share, 0);
for (const mode of modes) {
  for (const { says, frames } of mode.cases) report(`${mode.name}, ${says}`, compare(mode, [frames]));

  const total = { accepted: 0, refused: 0, wrong: 0, disagreements: [] };
  for (let left = Math.round((count * mode.share) / shares); left > 0; left -= BATCH) {
    const sequences = Array.from({ length: Math.min(left, BATCH) }, () => mode.frames(generator));
    const tally = compare(mode, sequences);
    total.accepted += tally.accepted;
    total.refused += tally.refused;
    total.wrong += tally.wrong;
    total.disagreements.push(...tally.disagreements.slice(0, kShown - total.disagreements.length));
  }
  report(mode.name, total);
  console.log(
    `compare: ${mode.name}: ${total.accepted} accepted, ${total.refused} refused, ${total.wrong} disagreements; ${mode.cases.length} named cases`,
  );
}
console.log(`differential: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
