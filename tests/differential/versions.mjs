// Which releases of socket.io-parser throw at which packets: asks them, all of them, and writes versions.json. A unit
// test (core/socketio/verdict_test.cpp) holds the table of core/socketio/verdict.cpp against that file, row by row.
//
//   node versions.mjs [--folder DIR]                     measure, and write versions.json
//   node versions.mjs --random N [--seed S] --out FILE   the same of generated packets, to look for more
//
// The releases are installed in DIR, which stays (default: sioscope-parsers in the system's temporary folder). A probe is one
// packet with its attachments, or two texts; a release "throws" when it throws at any frame, and "answers_error" when
// it hands on a packet "parser error: ..." instead.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Generator } from "./generate.mjs";
import { Random } from "./random.mjs";

const { values: options } = parseArgs({
  options: {
    folder: { type: "string", default: join(tmpdir(), "sioscope-parsers") },
    random: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: new URL("versions.json", import.meta.url).pathname },
  },
});

const patches = (line, count, first = 0) => Array.from({ length: count }, (_, i) => `${line}.${first + i}`);
// Without 4.0.0, which core/socketio/releases.hpp explains.
const RELEASES = [
  "2.2.4", "2.2.6", "2.3.1", "2.3.2", "3.0.0", "3.1.1", "3.1.2", "3.1.3", "3.2.0", ...patches("3.3", 7), ...patches("3.4", 6),
  ...patches("4.0", 5, 1), ...patches("4.1", 3), ...patches("4.2", 8),
];

const BINARY = Buffer.from([1, 2]);
const NO_DATA = undefined; // What the Engine.IO parser hands on of a `4` that nothing follows.
const mark = (num) => `{"_placeholder":true,"num":${num}}`;

const PROBES = [
  [NO_DATA], ["7"], ["9[]"], ["x"], ["é"], [" "], [""],
  // The number of attachments.
  ["5"], ["51"], ['5["x"]'], ['5x-["x"]'], ['51e-400-["x"]'], ['5+x-["x"]'], ["6x-[]"],
  ['5-["x"]'], ['50-["x"]'], ['5 -["x"]'], ['50x0-["x"]'], ["60-[]"],
  ['51.5-["x"]'], ['50.5-["x"]'], ['5Infinity-["x"]'], ['51e400-["x"]'], ["61.5-[]"],
  ['511-["x"]'], ['51e2-["x"]'], ["611-[]"], ['510-["x"]'], ['5+1-["x"]', BINARY], ['50x1-["x"]', BINARY], ['51.0-["x"]', BINARY],
  // A wrong number hides what else is wrong, from those that look at it.
  ['50-["x"'], ["50-{}"], ["50-[]"], ["50-[null]"], ["50-[1]"], ['50-["connect"]'], ["51.5-{}"], ["511-[null]"], ["50-"],
  // No JSON.
  ["2{"], ['2["x"'], ['2["x"]y'], ["2e5"], ["0{"], ["1{"], ["3["], ["4{"], ['51-["x"'], ["61-["], ['2["\u0000"]'],
  // Payloads of the wrong kind.
  ["0null"], ["0[]"], ["0[1]"], ['0"x"'], ["0true"], ["0false"], ["0-1"], ["0/a,null"], ["0{}"], ["0"], ["012"],
  ["1[]"], ["1{}"], ["1null"], ['1"x"'], ["1true"], ["1false"], ["1-1"], ["1"],
  ["4null"], ["4[]"], ["4false"], ["4true"], ["4-1"], ['4"x"'], ["4{}"], ["4"], ["412"],
  ["2null"], ["2{}"], ['2"x"'], ['2""'], ["2true"], ["2false"], ["2-1"], ["51-null"], ["51-{}"], ["2"], ["212"], ["51-", BINARY],
  ["3null"], ["3{}"], ['3"x"'], ["3true"], ["3false"], ["3-1"], ["61-null"], ["61-{}"], ["3"], ["3[]"], ["31[]"], ["61-[]", BINARY],
  // Event names.
  ["2[]"], ["51-[]"], ["2[null]"], ["2[null,null]"], ["2[true]"], ["2[false]"], ["2[{}]"], ['2[["x"]]'], ["2[[]]"], ["51-[null]"],
  [`51-[${mark(0)}]`], ["2[1]"], ["2[0]"], ["2[-1e999]"], ["51-[1]", BINARY], [`51-[1,${mark(1)}]`, BINARY], ["3[1]"], ["61-[null]", BINARY],
  ...["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "conn\\u0065ct"].flatMap((name) => [
    [`2["${name}"]`], [`51-["${name}"]`],
  ]),
  ['2["error"]'], ['2["x"]'], ['2["Connect"]'], ['2/a?b,1["x"]'], ['2 ["x"]'],
  // Attachments.
  [BINARY], ['51-["x"]', BINARY, BINARY],
  [`51-["x",${mark(0)}]`, '2["y"]'], ['51-["x"]', '2{'], ['51-["x"]', "7"], ['52-["x"]', BINARY, '2["y"]'], ["61-[]", "0"],
  [`51-["x",${mark(0)}]`, BINARY], [`51-["x",${mark(0.5)}]`, BINARY], ['51-["x"]', BINARY], ['51-["x"]', BINARY, '2["y"]'],
  [`51-["x",${mark(1)}]`, BINARY], [`51-["x",${mark(-1)}]`, BINARY], [`51-["x",${mark('"0"')}]`, BINARY], [`51-["x",${mark("null")}]`, BINARY],
  ['51-["x",{"_placeholder":true}]', BINARY], [`61-[${mark(1)}]`, BINARY], ['51-["x",{"_placeholder":1,"num":9}]', BINARY],
  ['51-["x",{"hasOwnProperty":1}]', BINARY], ['61-[{"a":[{"hasOwn\\u0050roperty":1}]}]', BINARY], [`51-["x",{"hasOwnProperty":1},${mark(7)}]`, BINARY],
  [`51-["x",${mark(7)},{"hasOwnProperty":1}]`, BINARY], ['51-["x",{"_placeholder":true,"num":0,"hasOwnProperty":1}]', BINARY],
  ['51-["x",{"_placeholder":1,"hasOwnProperty":1}]', BINARY], ['51-["x",{"_placeholder":"","hasOwnProperty":1}]', BINARY],
  ['51.5-["x",{"hasOwnProperty":1}]', BINARY], ["52-{\"_placeholder\":true}"],
  ['2["x",{"hasOwnProperty":1}]'], ['51-["hasOwnProperty"]', BINARY],
];

function install() {
  const wanted = Object.fromEntries(RELEASES.map((release) => [`parser-${release}`, `npm:socket.io-parser@${release}`]));
  if (RELEASES.every((release) => existsSync(join(options.folder, "node_modules", `parser-${release}`)))) return;
  mkdirSync(options.folder, { recursive: true });
  writeFileSync(join(options.folder, "package.json"), JSON.stringify({ private: true, dependencies: wanted }));
  const run = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: options.folder, stdio: "inherit" });
  if (run.status !== 0) process.exit(1);
}

/** What a release does with a probe: "accepts", "throws" or "answers_error". */
function ask({ Decoder }, frames) {
  const decoder = new Decoder();
  let answer = "accepts";
  decoder.on("decoded", ({ type, data }) => {
    if (type === 4 && String(data).startsWith("parser error")) answer = "answers_error";
  });
  try {
    // Decoders write into what they are fed.
    for (const frame of frames) decoder.add(Buffer.isBuffer(frame) ? Buffer.from(frame) : frame);
  } catch {
    answer = "throws";
  }
  return answer;
}

/** One packet and its attachments, if no release has anything against the packet itself but its name. */
function randomProbe(generator, parsers) {
  let text;
  do text = generator.packet().text;
  while (Buffer.from(text).toString() !== text); // JSON for C++ has no lone surrogates.
  const decoders = ["3.3.0", "4.0.4"].map((release) => new (parsers.get(release).Decoder)());
  try {
    for (const decoder of decoders) decoder.add(text);
  } catch {}
  const missing = Math.min(...decoders.map((decoder) => decoder.reconstructor?.reconPack?.attachments || 0), 100);
  return [text, ...Array(Math.floor(missing)).fill(BINARY)];
}

const shown = (frame) => {
  if (frame === undefined) return { nothing: true };
  return typeof frame === "string" ? { text: frame } : { base64: frame.toString("base64") };
};

install();
const require = createRequire(join(options.folder, "package.json"));
const parsers = new Map(RELEASES.map((release) => [release, require(`parser-${release}`)]));
const generator = new Generator(new Random(Number(options.seed)));
const probes = options.random === "0" ? PROBES : Array.from({ length: Number(options.random) }, () => randomProbe(generator, parsers));

const lines = probes.map((frames) => {
  const answers = RELEASES.map((release) => ask(parsers.get(release), frames));
  const those = (answer) => RELEASES.filter((_, i) => answers[i] === answer);
  return JSON.stringify({ frames: frames.map(shown), throws: those("throws"), answers_error: those("answers_error") });
});
writeFileSync(options.out, `{"releases":${JSON.stringify(RELEASES)},\n"probes":[\n${lines.join(",\n")}\n]}\n`);
console.log(`versions: ${probes.length} probes, ${RELEASES.length} releases, written to ${options.out}`);
