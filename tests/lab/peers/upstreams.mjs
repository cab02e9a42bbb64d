// Two npm servers behind one sioscope: a balance that does not stick loses sessions, and sioscope says whose they were.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attach, kPresent } from "../parts/generations.mjs";
import { startProxy } from "../parts/program.mjs";

const { io: connect } = createRequire(import.meta.url)("client-4.8.4");
const kAdmin = /^sioscope: admin on (http:\S+)$/m;

async function serve() {
  const http = createServer();
  const io = await attach(kPresent, http, { pingInterval: 300, pingTimeout: 1000 });
  io.on("connection", (socket) => socket.on("ask", (value, answer) => answer(value)));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { io, name: `127.0.0.1:${http.address().port}` };
}

/** Runs `play(url)` and returns the records, the metrics and the names of both servers. */
async function watch(program, balance, play) {
  const folder = mkdtempSync(join(tmpdir(), "upstreams-"));
  const servers = [await serve(), await serve()];
  const names = servers.map(({ name }) => name);
  const proxy = await startProxy({
    program, folder, upstream: `http://${names[0]}`,
    args: ["--upstream", `http://${names[1]}`, "--balance", balance, "--admin", "127.0.0.1:0"],
  });
  try {
    await play(proxy.url);
    const metrics = await (await fetch(`${kAdmin.exec(proxy.output)[1]}/metrics`)).text();
    await proxy.stop();
    const records = readFileSync(proxy.findingsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    return { records, metrics, names };
  } finally {
    await proxy.kill();
    for (const { io } of servers) io.close();
    rmSync(folder, { recursive: true });
  }
}

const unknownSids = (records) => records.filter(({ rule }) => rule === "handshake/unknown-sid");

/** Round robin: the second connection of a polling client reaches a server that does not know its session. */
export async function roundRobinLosesSessions(program) {
  const { records, metrics, names } = await watch(program, "round-robin", async (url) => {
    const socket = connect(url, { transports: ["polling"], forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 40 });
    await new Promise((resolve) => {
      for (const lost of ["error", "close", "reconnect_attempt"]) socket.io.on(lost, resolve);
    });
    socket.disconnect();
  });
  const [finding] = unknownSids(records);
  assert.ok(finding, "handshake/unknown-sid is found");
  assert.equal(finding.confidence, "certain");
  const [, asked, granted] = /^The server (\S+) does not know a session that (\S+) granted/.exec(finding.summary) ?? [];
  assert.deepEqual([asked, granted].sort(), [...names].sort(), finding.summary);
  assert.ok(finding.evidence.some(({ note }) => note?.includes(`by ${asked}, which did not grant it: ${granted} did`)));
  for (const name of names) assert.match(metrics, new RegExp(`sioscope_upstream_connections_total{upstream="${name}"} [1-9]`));
}

/** Sticky: all of a client's connections reach one server, and nothing is found. */
export async function stickyKeepsSessions(program) {
  const { records, metrics, names } = await watch(program, "sticky", async (url) => {
    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
      const socket = connect(url, { transports, forceNew: true });
      for (let i = 0; i < 10; ++i) assert.equal(await socket.timeout(5000).emitWithAck("ask", i), i);
      socket.disconnect();
    }
  });
  assert.deepEqual(unknownSids(records), []);
  const verdict = records.find(({ type }) => type === "verdict");
  assert.equal(verdict.sessions, 3);
  const used = names.filter((name) => !metrics.includes(`sioscope_upstream_connections_total{upstream="${name}"} 0\n`));
  assert.equal(used.length, 1, metrics);
}
