// What forwarding costs: sioscope beside HAProxy and others, in one run; with --capture, sioscope that
// records beside one that does not; with --tls, both terminate TLS; with --deflate, messages are compressed, which
// sioscope alone has to undo. README.md says how it is measured.
//
//     node run.mjs [NAME...] [--capture] [--tls] [--deflate] [--with nginx,mitmproxy] [--quick] [--rounds N] [--seconds S]
//                  [--program FILE] [--load FILE] [--against FILE]
import { execFile, execFileSync, spawn } from "node:child_process";
import { createServer, connect } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectSecure } from "node:tls";
import { parseArgs, promisify } from "node:util";
import { median, spread, table, thousands } from "./figures.mjs";

function usage(code, complaint) {
  (code === 0 ? console.log : console.error)(`${complaint ? `bench: ${complaint}\n` : ""}\
usage: ./dev bench [NAME...] [--capture | --tls | --deflate] [--with nginx,mitmproxy] [--quick] [--rounds N] [--seconds S] [--against FILE]
       NAME is one of ${scenarios.map(({ name }) => name).join(" ")}`);
  process.exit(code);
}

function readArguments() {
  try {
    return parseArgs(kArguments);
  } catch (error) {
    return usage(2, error.message.split(". ")[0]);
  }
}

const kArguments = {
  allowPositionals: true,
  options: {
    capture: { type: "boolean", default: false },
    tls: { type: "boolean", default: false },
    deflate: { type: "boolean", default: false },
    with: { type: "string", default: "" },
    against: { type: "string" },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    seconds: { type: "string" },
    program: { type: "string", default: "build/release/sioscope" },
    load: { type: "string", default: "build/release/tests/bench_load" },
    help: { type: "boolean", short: "h", default: false },
  },
};

/// What is measured of each: `figure` of what the load printed, in `unit`; `aim` is the ratio to HAProxy that is wanted.
const perMessage = { unit: "us/message", digits: 2, figure: ({ cpu, messages }) => (cpu * 1e6) / messages, rate: "messages" };
const scenarios = [
  { name: "60B-1", title: "60 B, 1 in flight", aim: 0.9, ...perMessage, load: { bytes: 60 } },
  { name: "60B-16", title: "60 B, 16 in flight", aim: 1.0, ...perMessage, load: { bytes: 60, "in-flight": 16 } },
  { name: "1KB", title: "1 KB", aim: 0.9, ...perMessage, load: { bytes: 1024 } },
  { name: "16KB-string", title: "16 KB string", aim: 0.8, ...perMessage, load: { bytes: 16384 } },
  { name: "16KB-binary", title: "16 KB binary", aim: 0.8, ...perMessage, load: { bytes: 16384, payload: "binary" } },
  { name: "16KB-dense", title: "16 KB dense JSON", aim: 1.0, ...perMessage, load: { bytes: 16384, payload: "dense" } },
  { name: "push", title: "server push, 60 B", aim: 1.0, ...perMessage, load: { mode: "push", bytes: 60 } },
  { name: "polling", title: "polling, 60 B", aim: 1.0, ...perMessage, load: { mode: "polling", bytes: 60 } },
  { name: "sessions", title: "connect and leave", aim: 0.9, unit: "us/session", digits: 1, rate: "sessions",
    figure: ({ cpu, sessions }) => (cpu * 1e6) / sessions, load: { mode: "sessions", connections: 16, bytes: 60 } },
  { name: "latency", title: "p99 at 5,000 echoes/s", aim: 1.0, unit: "us", digits: 0, rate: "messages",
    figure: ({ p99 }) => p99, load: { mode: "paced", rate: 5000, bytes: 60 } },
  { name: "idle", title: "idle session, of 5,000", unit: "KB", digits: 2,
    figure: ({ memory, memory_before, opened }) => (memory - memory_before) / opened / 1024,
    load: { mode: "idle", measure: 1, get connections() { return options.quick ? 1000 : 5000; } } },
];
const { values: options, positionals } = readArguments();
if (options.help) usage(0);
const rounds = Math.min(Number(options.rounds ?? (options.quick ? 2 : 6)), 50);
const seconds = Math.min(Number(options.seconds ?? (options.quick ? 0.8 : 3)), 15); // Pings start at 25 s.
const warmUp = options.quick ? 0.2 : 0.5;
const captureScenarios = ["60B-1", "60B-16", "1KB", "sessions"];
const tlsScenarios = ["60B-1", "60B-16", "1KB", "16KB-string", "sessions", "idle"];
const deflateScenarios = ["60B-1", "1KB", "16KB-string", "idle"];
const usual = options.capture ? captureScenarios : options.tls ? tlsScenarios : options.deflate ? deflateScenarios : scenarios.map(({ name }) => name);
const chosen = scenarios.filter(({ name }) => (positionals.length > 0 ? positionals : usual).includes(name));
const others = options.with.split(",").filter((name) => name !== "");
const strangers = [
  ...positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name)),
  ...others.filter((name) => !["nginx", "mitmproxy"].includes(name)),
];
if (strangers.length > 0 || !(rounds >= 1) || !(seconds > 0)) {
  usage(2, strangers.length > 0 ? `what is "${strangers[0]}"?` : "--rounds and --seconds are numbers above 0");
}

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/// `--tls`: a certificate of ours with its key, for both.
const certificate = join(folder, "own.pem");
if (options.tls) {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                           "-subj", "/CN=localhost", "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")],
               { stdio: "ignore" });
  writeFileSync(certificate, readFileSync(join(folder, "cert.pem"), "utf8") + readFileSync(join(folder, "key.pem"), "utf8"));
}
/// What is agreed on with whoever listens there: the comparison is fair only if it is the same.
const agreed = (port) => new Promise((resolve, reject) => {
  const socket = connectSecure({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
    resolve(`${socket.getProtocol()} ${socket.getCipher().name}, ${socket.getEphemeralKeyInfo().name}`);
    socket.destroy();
  });
  socket.once("error", reject);
});
const agreements = new Set();

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

// --- The proxies: each starts one, and returns its port, its process, and how it ends ---

async function sioscope(upstream, mode, more = [], program = options.program) {
  const findings = join(folder, "findings.ndjson");
  writeFileSync(findings, "");
  const child = start(program, [
    "proxy", "--listen", "127.0.0.1:0", "--upstream", `http://127.0.0.1:${upstream}`,
    "--threads", "1", "--findings", findings, "--quiet", ...(options.tls ? ["--tls-cert", certificate] : []), ...more,
  ]);
  const port = await until(child, () => /listening on https?:\/\/[^ ]*:(\d+)/.exec(child.errors)?.[1], "sioscope");
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
      if (mode !== "push" && (sent("to_server") ?? 0) !== echoes) faults.push(`${sent("to_server")} of ${echoes} events to the server`);
      if (child.errors.includes("the capture lacks")) faults.push(child.errors.trim().split("\n").at(-2));
      if (verdict.unobserved.length !== 0) faults.push(`unobserved: ${JSON.stringify(verdict.unobserved)}`);
      return faults.join(", ");
    },
  };
}

const recording = (upstream, mode) =>
  sioscope(upstream, mode, ["--capture", join(folder, "capture.pcapng"), "--capture-files", "2"]);

async function haproxy(upstream) {
  const port = await freePort();
  const config = join(folder, "haproxy.cfg");
  writeFileSync(config, `
global
  nbthread 1
  maxconn 9000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend clients
  bind 127.0.0.1:${port}${options.tls ? ` ssl crt ${certificate} alpn http/1.1` : ""}
  default_backend server
backend server
  server one 127.0.0.1:${upstream}
`);
  const child = start("haproxy", ["-db", "-q", "-f", config]);
  await until(child, () => accepts(port), "haproxy");
  return { child, port, missed: () => "" };
}

async function nginx(upstream) {
  const port = await freePort();
  const config = join(folder, "nginx.conf");
  writeFileSync(config, `
daemon off;
master_process off;
error_log stderr crit;
pid ${join(folder, "nginx.pid")};
worker_rlimit_nofile 20000;
events { worker_connections 20000; }
http {
  access_log off;
  proxy_temp_path ${join(folder, "nginx-proxy")};
  client_body_temp_path ${join(folder, "nginx-body")};
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream server { server 127.0.0.1:${upstream}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://server;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 1h;
    }
  }
}
`);
  const child = start("nginx", ["-c", config, "-p", folder]);
  await until(child, () => accepts(port), "nginx");
  return { child, port, missed: () => "" };
}

async function mitmproxy(upstream) {
  const port = await freePort();
  const child = start("mitmdump", [
    "--quiet", "--mode", `reverse:http://127.0.0.1:${upstream}`, "--listen-host", "127.0.0.1", "--listen-port", port,
    "--set", `confdir=${folder}`,
  ]);
  await until(child, () => accepts(port), "mitmproxy");
  return { child, port, missed: () => "" };
}

// --- Measuring ---

const faults = [];

async function measure(proxy, scenario) {
  const upstream = await freePort();
  const { child, port, missed } = await proxy(upstream, scenario.load.mode);
  if (options.tls) agreements.add(await agreed(port));
  const load = { tls: Number(options.tls), deflate: Number(options.deflate), proxy: port, upstream, pid: child.pid, "warm-up": warmUp, measure: seconds, ...scenario.load };
  const { stdout } = await promisify(execFile)(
    ...pin("1", options.load, Object.entries(load).flatMap(([name, value]) => [`--${name}`, `${value}`])),
    { timeout: 90_000 },
  );
  child.kill("SIGTERM");
  const deadline = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await child.ended;
  clearTimeout(deadline);
  const measured = JSON.parse(stdout);
  const fault = missed(measured);
  if (fault) faults.push(`${scenario.title}: ${fault}`);
  return { cost: scenario.figure(measured), rate: scenario.rate ? measured[scenario.rate] / measured.seconds : NaN };
}

const contenders = options.capture
  ? [{ name: "recording", start: recording }, { name: "not recording", start: sioscope }]
  : [
      { name: "sioscope", start: sioscope },
      options.against
        ? { name: options.against.split("/").at(-1), start: (upstream, mode) => sioscope(upstream, mode, [], options.against) }
        : { name: "HAProxy", start: haproxy },
      ...(others.includes("nginx") ? [{ name: "nginx", start: nginx }] : []),
      ...(others.includes("mitmproxy") ? [{ name: "mitmproxy", start: mitmproxy }] : []),
    ];
const firstLine = (command, ...args) => execFileSync(command, args, { encoding: "utf8" }).split("\n")[0];
const version = options.capture ? "" : "; " + firstLine("haproxy", "-v").replace(/ \d{4}\/.*/, "");
console.log(`${cpus().length} CPUs, ${cpus()[0].model.trim()}${version}`);
console.log(`${rounds} rounds, ${seconds} s each, ${pinned ? "proxy and load pinned to a CPU each" : "not pinned"}`);
if (loadavg()[0] > 1)
  console.log(`note: other work runs here (load ${loadavg()[0].toFixed(1)}); trust the ratios, not the microseconds`);
console.log("CPU of the proxy's whole process, latency or memory; median (least..most):\n");

const row = table([24, 12, ...contenders.map(() => 26), 20, 7, 24], 2);
const [ours, theirs] = contenders;
row("", "", ...contenders.map(({ name }) => name), `to ${theirs.name}`, options.capture ? "" : "aim", "per second");
for (const scenario of chosen) {
  for (const one of contenders) one.measured = [];
  for (let round = 0; round < rounds; ++round)
    for (const one of contenders) {
      // A hundred times slower: one look is enough.
      if (one.name === "mitmproxy" && (round > 0 || ["idle", "latency"].includes(scenario.name))) continue;
      one.measured.push(await measure(one.start, scenario));
    }
  const costs = ({ measured }) =>
    measured.length === 0 ? "-" : spread(measured.map(({ cost }) => cost), scenario.digits);
  const rates = ({ measured }) => thousands(median(measured.map(({ rate }) => rate)));
  const ratio = spread(ours.measured.map(({ cost }, i) => cost / theirs.measured[i].cost), 2);
  row(scenario.title, scenario.unit, ...contenders.map(costs), ratio,
      options.capture || options.deflate || !scenario.aim ? "" : scenario.aim.toFixed(1),
      scenario.rate ? `${rates(ours)} / ${rates(theirs)}` : "");
}

if (agreements.size > 0) console.log(`\nTLS with each: ${[...agreements].join("; ")}`);
if (agreements.size > 1) faults.push("the two do not speak the same TLS");
if (faults.length === 0) {
  console.log("\nsioscope's verdicts account for every session and every message of the load.");
} else {
  console.log(`\nWARNING: SIOSCOPE DID NOT OBSERVE ALL OF THE LOAD, so its figures are too low:\n  ${faults.join("\n  ")}`);
  process.exitCode = 1;
}
