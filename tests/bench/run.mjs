// What forwarding costs: sioscope beside HAProxy, in one run; with --capture, sioscope that records
// beside one that does not. README.md says how it is measured.
//
//     node run.mjs [NAME] [--capture] [--quick] [--rounds N] [--seconds S] [--program FILE] [--load FILE]
import { execFile, execFileSync, spawn } from "node:child_process";
import { createServer, connect } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { median, spread, table, thousands } from "./figures.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    capture: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    seconds: { type: "string" },
    program: { type: "string", default: "build/release/sioscope" },
    load: { type: "string", default: "build/release/tests/bench_load" },
  },
});
const rounds = Math.min(Number(options.rounds ?? (options.quick ? 2 : 6)), 50);
const seconds = Math.min(Number(options.seconds ?? (options.quick ? 0.8 : 3)), 15); // Pings start at 25 s.
const warmUp = options.quick ? 0.2 : 0.5;

/// `unit` is what the cost is divided by.
const scenarios = [
  { name: "60B-1", title: "60 B, 1 in flight", unit: "messages", load: { bytes: 60, "in-flight": 1 } },
  { name: "60B-16", title: "60 B, 16 in flight", unit: "messages", load: { bytes: 60, "in-flight": 16 } },
  { name: "1KB-1", title: "1 KB, 1 in flight", unit: "messages", load: { bytes: 1024, "in-flight": 1 } },
  { name: "sessions", title: "connect and leave", unit: "sessions", load: { mode: "sessions", connections: 16 } },
];
const chosen = positionals.length === 0 ? scenarios : scenarios.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0 || !(rounds >= 1) || !(seconds > 0)) {
  console.error(`usage: ./dev bench [NAME...] [--quick] [--rounds N] [--seconds S]
       NAME is one of ${scenarios.map(({ name }) => name).join(" ")}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/// The proxy on one CPU, the load on another, where there are two.
const pinned = cpus().length >= 2 && hasTaskset();
const pin = (cpu, command, args) => (pinned ? ["taskset", ["-c", cpu, command, ...args]] : [command, args]);
function hasTaskset() {
  try {
    execFileSync("taskset", ["-c", "0,1", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function accepts(port) {
  const socket = connect(port, "127.0.0.1");
  const accepted = await Promise.race([
    once(socket, "connect").then(() => true, () => false),
    once(socket, "close").then(() => false, () => false),
  ]);
  socket.destroy();
  return accepted;
}

function start(command, args) {
  const child = spawn(...pin("0", command, args), { stdio: ["ignore", "ignore", "pipe"] });
  running.add(child);
  child.errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (child.errors += text));
  child.ended = new Promise((resolve) => child.once("close", (code) => (running.delete(child), resolve(code))));
  child.once("error", (error) => (child.errors += error.message));
  return child;
}

async function until(child, ready, what) {
  for (let tries = 0; tries < 500; ++tries) {
    const answer = await ready();
    if (answer) return answer;
    if (!running.has(child)) break;
    await sleep(20);
  }
  throw new Error(`${what} did not start: ${child.errors.trim()}`);
}

// --- The two proxies: each starts one, and returns its port, its process, and how it ends ---

async function sioscope(upstream, more = []) {
  const findings = join(folder, "findings.ndjson");
  writeFileSync(findings, "");
  const child = start(options.program, [
    "proxy", "--listen", "127.0.0.1:0", "--upstream", `http://127.0.0.1:${upstream}`,
    "--threads", "1", "--findings", findings, "--quiet", ...more,
  ]);
  const port = await until(child, () => /listening on http:\/\/[^ ]*:(\d+)/.exec(child.errors)?.[1], "sioscope");
  return {
    child, port,
    /// What it failed to see of the load, in words; empty when it saw every message.
    missed({ echoes, opened }) {
      const records = readFileSync(findings, "utf8").trim().split("\n").map((line) => JSON.parse(line));
      const verdict = records.at(-1);
      if (verdict?.type !== "verdict") return "it left no verdict";
      const sent = (direction) => verdict.events.find((event) => event.direction === direction)?.sent;
      const faults = [];
      if (verdict.result !== "clean") faults.push(`the verdict is ${verdict.result}`);
      if (verdict.sessions !== opened) faults.push(`${verdict.sessions} of ${opened} sessions`);
      if (verdict.deliveries !== echoes) faults.push(`${verdict.deliveries} of ${echoes} deliveries`);
      if (sent("to_server") !== echoes) faults.push(`${sent("to_server")} of ${echoes} events to the server`);
      if (child.errors.includes("the capture lacks")) faults.push(child.errors.trim().split("\n").at(-2));
      if (verdict.unobserved.length !== 0) faults.push(`unobserved: ${JSON.stringify(verdict.unobserved)}`);
      return faults.join(", ");
    },
  };
}

const recording = (upstream) => sioscope(upstream, ["--capture", join(folder, "capture.pcapng"), "--capture-files", "2"]);

async function haproxy(upstream) {
  const port = await freePort();
  const config = join(folder, "haproxy.cfg");
  writeFileSync(config, `
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend clients
  bind 127.0.0.1:${port}
  default_backend server
backend server
  server one 127.0.0.1:${upstream}
`);
  const child = start("haproxy", ["-db", "-q", "-f", config]);
  await until(child, () => accepts(port), "haproxy");
  return { child, port, missed: () => "" };
}

// --- Measuring ---

const faults = [];

async function measure(proxy, scenario) {
  const upstream = await freePort();
  const { child, port, missed } = await proxy(upstream);
  const load = { proxy: port, upstream, pid: child.pid, "warm-up": warmUp, measure: seconds, ...scenario.load };
  const { stdout } = await promisify(execFile)(
    ...pin("1", options.load, Object.entries(load).flatMap(([name, value]) => [`--${name}`, `${value}`])),
    { timeout: 60_000 },
  );
  child.kill("SIGTERM");
  const deadline = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await child.ended;
  clearTimeout(deadline);
  const measured = JSON.parse(stdout);
  const fault = missed(measured);
  if (fault) faults.push(`${scenario.title}: ${fault}`);
  const count = measured[scenario.unit];
  return {
    cost: (measured.cpu * 1e6) / count,
    rate: count / measured.seconds,
    busy: measured.cpu / measured.seconds,
    loadBusy: measured.load_cpu / measured.seconds,
  };
}

const [first, second] = options.capture
  ? [{ name: "recording", start: recording }, { name: "not recording", start: sioscope }]
  : [{ name: "sioscope", start: sioscope }, { name: "HAProxy", start: haproxy }];
const version = options.capture
  ? ""
  : "; " + execFileSync("haproxy", ["-v"], { encoding: "utf8" }).split("\n")[0].replace(/ \d{4}\/.*/, "");
console.log(`${cpus().length} CPUs, ${cpus()[0].model.trim()}${version}`);
console.log(`${rounds} rounds, ${seconds} s each, ${pinned ? "proxy and load pinned to a CPU each" : "not pinned"}`);
if (loadavg()[0] > 1)
  console.log(`note: other work runs here (load ${loadavg()[0].toFixed(1)}); trust the ratios, not the microseconds`);
console.log("CPU microseconds of the proxy's whole process, median (least..most):\n");

const row = table([20, 10, 26, 26, 20, 22], 2);
row("", "us per", first.name, second.name, "ratio", "per second");
for (const scenario of chosen) {
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; ++round) {
    ours.push(await measure(first.start, scenario));
    theirs.push(await measure(second.start, scenario));
  }
  const costs = (all) => spread(all.map(({ cost }) => cost), 2);
  const rates = (all) => thousands(median(all.map(({ rate }) => rate)));
  row(scenario.title, scenario.unit.slice(0, -1), costs(ours), costs(theirs),
      spread(ours.map(({ cost }, i) => cost / theirs[i].cost), 2), `${rates(ours)} / ${rates(theirs)}`);
}

if (faults.length === 0) {
  console.log("\nsioscope's verdicts account for every session and every message of the load.");
} else {
  console.log(`\nWARNING: SIOSCOPE DID NOT OBSERVE ALL OF THE LOAD, so its figures are too low:\n  ${faults.join("\n  ")}`);
  process.exitCode = 1;
}
