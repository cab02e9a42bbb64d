#!/usr/bin/env node
// Real clients are recorded, and both sides of the recording done again: `sioscope replay --against` must say whose a
// fault is, and `--serve` must make a client leak that leaks, and no other. README.md says more.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { openLog } from "../lab/parts/log.mjs";
import { LabServer } from "../lab/parts/server.mjs";

const { values } = parseArgs({
  options: {
    program: { type: "string", default: fileURLToPath(new URL("../../build/release/sioscope", import.meta.url)) },
    only: { type: "string", default: "" },
  },
});
const program = resolve(values.program);
const only = new RegExp(values.only);
const logs = mkdtempSync(join(tmpdir(), "sioscope-replay-"));
const app = (name) => fileURLToPath(new URL(`../lab/apps/${name}.mjs`, import.meta.url));
const kTransports = { polling: "polling", websocket: "websocket", upgrade: "polling,websocket" };
let passed = 0;
let failed = 0;

/** Runs sioscope; resolves with its exit code, its output and its records. */
function sioscope(folder, args, env = {}) {
  const findings = join(folder, `${args[0]}-${Math.random().toString(36).slice(2)}.ndjson`);
  return new Promise((done) => {
    const at = args.indexOf("--");
    const own = at < 0 ? args : args.slice(0, at);
    const rest = at < 0 ? [] : args.slice(at);
    execFile(program, [...own, "--findings", findings, "--quiet", ...rest],
             { env: { ...process.env, ...env }, timeout: 60_000 }, (error, out, err) => {
      let records = [];
      try {
        records = readFileSync(findings, "utf8").trim().split("\n").map((line) => JSON.parse(line));
      } catch {} // It says itself why there are none.
      done({ code: error?.code ?? 0, said: out + err, records });
    });
  });
}

/** Findings as they stand at the end: the last record of an id counts. */
const found = ({ records }, rule) =>
  [...new Map(records.map((record) => [record.id, record])).values()].filter((record) => record.type === "finding" && record.rule === rule);

/** Complaints of one case; none: it is well. */
async function judge(name, play) {
  if (!only.test(name)) return;
  const folder = join(logs, name.replace(/[^\w.-]+/g, "-"));
  mkdirSync(folder);
  const log = openLog(join(folder, "server.log"));
  const server = new LabServer({ log, serve });
  let complaints;
  try {
    await server.start();
    complaints = await play(server, folder);
  } catch (error) {
    complaints = [error.stack];
  } finally {
    await server.stop();
    log.end();
  }
  complaints.length ? failed++ : passed++;
  console.log(`${complaints.length ? "FAIL" : "ok  "} ${name}`);
  for (const complaint of complaints) console.log(`     - ${complaint}`);
  if (complaints.length) console.log(`     logs: ${folder}`);
  else rmSync(folder, { recursive: true });
}

const heard = [];
function serve(io, server) {
  heard.length = 0;
  server.unanswered.add("/").add("/chat"); // Here the app answers.
  for (const nsp of [io, io.of("/chat")])
    nsp.on("connection", (socket) => {
      socket.onAny((event, ...args) => heard.push(JSON.stringify([nsp.name ?? "/", event, ...args.filter((arg) => typeof arg !== "function")])));
    });
  io.on("connection", (socket) => {
    socket.on("break me", () => socket.emit(null, null));
    socket.on("back", async () => {
      io.emit("news");
      await server.pulse(2);
      socket.emit("enough");
    });
    socket.on("sum", (a, b, answer) => answer(a + b));
    socket.on("done", () => socket.emit("question", 21, (n, bytes) => {
      heard.push(`answer ${n} ${bytes.toString("hex")}`);
      socket.emit("bye");
    }));
  });
  io.of("/chat").on("connection", (socket) => socket.on("shout", (text, bytes, answer) => answer(text.toUpperCase(), bytes)));
}

const record = (server, folder, name, version, transport, more = []) =>
  sioscope(folder, ["check", "--upstream", server.url, "--capture", join(folder, "capture.pcapng"), ...more,
                    "--", process.execPath, app(name)], { VERSION: version, TRANSPORTS: kTransports[transport] });

for (const transport of Object.keys(kTransports)) {
  await judge(`a leak of 4.7.5 over ${transport}, done again`, async (server, folder) => {
    const capture = join(folder, "capture.pcapng");
    const complaints = [];
    const recorded = await record(server, folder, "breaks", "4.7.5", transport);
    if (found(recorded, "leak/orphan-after-parse-error").length !== 1) return [`it did not leak: ${recorded.said}`];

    // The correct client, against the same server.
    const again = await sioscope(folder, ["replay", capture, "--against", server.url]);
    const comparison = again.records.find(({ type }) => type === "comparison");
    const whose = (rule) => comparison?.faults.find((fault) => fault.rule === rule)?.whose;
    if (whose("leak/orphan-after-parse-error") !== "client") complaints.push(`the leak is said to be ${whose("leak/orphan-after-parse-error")}'s: ${again.said}`);
    if (whose("protocol/malformed-packet") !== "server") complaints.push(`the packet is said to be ${whose("protocol/malformed-packet")}'s`);
    if (comparison?.faults.some(({ whose }) => whose === "new")) complaints.push(`something new: ${JSON.stringify(comparison.faults)}`);
    if (found(again, "leak/orphan-after-parse-error").length) complaints.push("the correct client leaks");

    // The recorded server, for versions under test.
    for (const [version, leaks] of [["4.7.5", true], ["4.5.2", true], ["4.8.1", false], ["4.8.4", false]]) {
      const check = await sioscope(folder, ["check", "--replay-serve", capture, "--fail-on", "leak", "--", process.execPath, app("breaks")],
                                   { VERSION: version, TRANSPORTS: kTransports[transport] });
      if (check.code !== (leaks ? 1 : 0)) complaints.push(`${version} ${leaks ? "leaks" : "does not leak"}, and check exits with ${check.code}: ${check.said}`);
      if (found(check, "protocol/malformed-packet").length !== 1) complaints.push(`${version} was not sent the bad packet`);
    }
    return complaints;
  });

  await judge(`a conversation over ${transport}, done again`, async (server, folder) => {
    const capture = join(folder, "capture.pcapng");
    const complaints = [];
    const recorded = await record(server, folder, "talks", "4.8.4", transport);
    if (recorded.code !== 0) return [`it was not recorded: ${recorded.said}`];
    const first = [...heard];
    heard.length = 0;
    for (const way of [[], ["--as-fast-as-possible"], ["--speed", "3", "--clients", "3"]]) {
      const again = await sioscope(folder, ["replay", capture, "--against", server.url, "--auth", "token=secret", ...way]);
      if (again.code !== 0) complaints.push(`${way.join(" ")}: exits with ${again.code}: ${again.said}`);
      const times = way.includes("--clients") ? 3 : 1;
      const expected = first.flatMap((line) => Array(times).fill(line)).sort();
      const got = [...heard].sort();
      if (JSON.stringify(got) !== JSON.stringify(expected)) complaints.push(`${way.join(" ")}: the server heard ${got.join(", ")} and not ${expected.join(", ")}`);
      heard.length = 0;
    }
    const served = await sioscope(folder, ["check", "--replay-serve", capture, "--", process.execPath, app("talks")],
                                  { VERSION: "4.8.4", TRANSPORTS: kTransports[transport] });
    if (served.code !== 0) complaints.push(`served: exits with ${served.code}: ${served.said}`);
    return complaints;
  });
}

await judge("a server that no longer sends the bad packet proves nothing", async (server, folder) => {
  const capture = join(folder, "capture.pcapng");
  await record(server, folder, "breaks", "4.7.5", "websocket");
  server.io.removeAllListeners("connection");
  const again = await sioscope(folder, ["replay", capture, "--against", server.url, "--speed", "2"]);
  const fault = again.records.find(({ type }) => type === "comparison")?.faults.find(({ rule }) => rule === "leak/orphan-after-parse-error");
  return fault?.whose === "not provoked" ? [] : [`it is said to be ${fault?.whose}: ${again.said}`];
});

await judge("a capture whose program was killed reads as far as it goes", async (server, folder) => {
  const capture = join(folder, "capture.pcapng");
  const proxy = spawn(program, ["proxy", "--listen", "127.0.0.1:0", "--upstream", server.url, "--capture", capture, "--quiet"]);
  const url = await new Promise((resolve, reject) => {
    let said = "";
    proxy.stderr.on("data", (bytes) => {
      const line = /listening on (http:\S+)/.exec((said += bytes));
      if (line) resolve(line[1]);
    });
    proxy.once("exit", () => reject(new Error(`the proxy ended: ${said}`)));
  });
  await promisify(execFile)(process.execPath, [app("breaks")], { env: { ...process.env, SIOSCOPE_URL: url, VERSION: "4.7.5", TRANSPORTS: "websocket" } });
  await setTimeout(1000); // What it may hold back is a fifth of a second's.
  proxy.removeAllListeners("exit");
  proxy.kill("SIGKILL");
  await once(proxy, "exit");
  const analysis = await sioscope(folder, ["analyze", capture]);
  const complaints = [];
  if (found(analysis, "leak/orphan-after-parse-error").length !== 1) complaints.push(`the leak is not in it: ${analysis.said}`);
  if (/at byte/.test(analysis.said)) complaints.push(`it is damaged: ${analysis.said}`);
  return complaints;
});

console.log(`replay: ${passed} passed, ${failed} failed`);
if (failed === 0) rmSync(logs, { recursive: true });
process.exit(failed ? 1 : 0);
