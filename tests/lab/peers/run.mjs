// Runs the demo's pieces against their npm counterparts, so that the demo cannot agree with our own mistakes:
//
//   npm clients  ──►  sioscope demo --serve        connect, events, acks, binary, namespaces, pings, poison
//   sioscope demo --client [--leaky]  ──►  npm server
//   sioscope connect  ──►  a network that fails  ──►  npm servers of every generation          weather.mjs
//   npm client  ──►  sioscope proxy  ──►  two npm servers                                      upstreams.mjs
//   HAProxy  ──►  sioscope proxy  ──►  HAProxy                                                 hops.mjs
//
//   node run.mjs --program PATH [--only WORD]
//
// Ends with `peers: N passed, N failed`; exit code 1 when one failed.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";
import { haproxyBehind, haproxyInFront, haproxyPassedOn } from "./hops.mjs";
import { speaksTls } from "./tls.mjs";
import { roundRobinLosesSessions, stickyKeepsSessions } from "./upstreams.mjs";
import { kGenerations, kTransports, recovers, weather } from "./weather.mjs";

const require = createRequire(import.meta.url);
const { Server } = require("socket.io");
const { io: io484 } = require("client-4.8.4");
const { io: io475 } = require("client-4.7.5");

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const program = option("program");
if (!program) {
  console.error("peers: say which program: --program build/release/sioscope");
  process.exit(2);
}

const PING_INTERVAL = 300;
const PING_TIMEOUT = 200;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const children = new Set();
function start(args, stdio) {
  const child = spawn(program, args, { stdio });
  children.add(child);
  child.on("exit", () => children.delete(child));
  return child;
}
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/// Waits until `what()` is truthy and returns it.
async function until(what, description, patience = 5000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await what();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for: ${description}`);
    await sleep(20);
  }
}

const transports = {
  polling: ["polling"],
  websocket: ["websocket"],
  upgrade: ["polling", "websocket"],
};

// --- npm clients against our server ---

async function ourServer() {
  const child = start([
    "demo", "--serve", "127.0.0.1:0",
    "--ping-interval", `${PING_INTERVAL}ms`, "--ping-timeout", `${PING_TIMEOUT}ms`,
  ], ["ignore", "inherit", "pipe"]);
  const lines = createInterface({ input: child.stderr });
  const url = await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const found = /^sioscope: listening on (.*)$/.exec(line);
      if (found) resolve(found[1]);
      else console.error(line);
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      assert.equal(code, 0, "the server ends with 0 on SIGTERM");
    },
  };
}

function npmClient(io, url, transport, namespace = "", options = {}) {
  return io(url + namespace, {
    transports: transports[transport],
    forceNew: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 300,
    ...options,
  });
}

const ask = (socket, ...args) => socket.timeout(2000).emitWithAck(...args);
const event = async (socket, name) => {
  const args = await Promise.race([once(socket, name), sleep(3000).then(() => null)]);
  assert.ok(args, `the event ${name} arrives`);
  return args;
};

async function connected(socket) {
  await until(() => socket.connected, "the connection");
  return socket;
}

async function talks(io, url, transport) {
  const socket = await connected(npmClient(io, url, transport, "", { auth: { token: "x" } }));
  try {
    if (transport === "upgrade")
      await until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
    const echoed = event(socket, "echo");
    socket.emit("echo", 1, "zwei ✓", { three: [null, true, "\ud800"] });
    assert.deepEqual(await echoed, [1, "zwei ✓", { three: [null, true, "\ud800"] }]);

    assert.equal(await ask(socket, "ack", "a"), "a");
    assert.deepEqual(await ask(socket, "ack", { b: [1] }), { b: [1] });

    const bytes = Buffer.from([0, 1, 2, 253, 254, 255]);
    const binary = event(socket, "echo");
    socket.emit("echo", bytes, { deep: [Buffer.alloc(0), Buffer.from("x")] });
    const [first, second] = await binary;
    assert.deepEqual(Buffer.from(first), bytes);
    assert.equal(Buffer.from(second.deep[0]).length, 0);
    assert.equal(Buffer.from(second.deep[1]).toString(), "x");
    assert.deepEqual(Buffer.from(await ask(socket, "ack", bytes)), bytes);

    const long = "y".repeat(300_000);
    assert.equal(await ask(socket, "ack", long), long);
    const many = [];
    socket.on("echo", (i) => many.push(i));
    for (let i = 0; i < 200; ++i) socket.emit("echo", i);
    await until(() => many.length === 200, "two hundred echoes");
    assert.deepEqual(many, [...Array(200).keys()], "in order");
  } finally {
    socket.disconnect();
  }
}

async function namespaces(io, url, transport) {
  const manager = new io.Manager(url, { transports: transports[transport], reconnection: false });
  const [root, chat] = [manager.socket("/"), manager.socket("/chat")];
  const nowhere = manager.socket("/nowhere");
  const [refusal] = await event(nowhere, "connect_error");
  assert.equal(refusal.message, "Invalid namespace");
  await connected(root);
  await connected(chat);
  assert.notEqual(root.id, chat.id);
  const seen = [];
  root.on("news", () => seen.push("/"));
  chat.on("news", () => seen.push("/chat"));
  chat.emit("news", 1);
  await until(() => seen.length > 0, "the news");
  assert.deepEqual(seen, ["/chat"]);
  const [session] = await ask(root, "sessions");
  assert.deepEqual(session.sockets, { "/": root.id, "/chat": chat.id });
  const gone = event(chat, "disconnect");
  chat.emit("kick");
  assert.equal((await gone)[0], "io server disconnect");
  assert.equal(await ask(root, "ack", 1), 1, "the other namespace goes on");
  root.disconnect();
}

async function survivesPings(io, url, transport) {
  const socket = await connected(npmClient(io, url, transport, "", { reconnection: false }));
  const { id } = socket;
  await sleep(6 * (PING_INTERVAL + PING_TIMEOUT));
  assert.ok(socket.connected && socket.id === id, "still the same connection");
  socket.disconnect();
}

async function emptiesAgain(io, url) {
  const socket = await connected(npmClient(io, url, "websocket"));
  const sessions = await until(async () => {
    const all = await ask(socket, "sessions");
    return all.length === 1 && all;
  }, "other sessions to be gone", 2000);
  assert.equal(sessions[0].sockets["/"], socket.id);
  socket.disconnect();
}

/// Returns how many sessions the victim has once things have settled after a poison packet.
async function poisoned(io, url, transport) {
  const operator = await connected(npmClient(io484, url, "websocket", "/admin"));
  const victim = await connected(npmClient(io, url, transport));
  if (transport === "upgrade")
    await until(() => victim.io.engine.transport.name === "websocket", "the upgrade");
  const before = victim.id;
  const reasons = [];
  victim.on("disconnect", (reason) => reasons.push(reason));
  operator.emit("poison");
  await until(() => victim.connected && victim.id !== before, "the victim to come back");
  await sleep(4 * (PING_INTERVAL + PING_TIMEOUT));
  assert.deepEqual(reasons, ["parse error"]);
  const sessions = await ask(operator, "sessions");
  const engines = new Set([victim.io.engine]);
  victim.disconnect();
  operator.disconnect();
  for (const engine of engines) engine.close();
  return sessions.length - 1;
}

// --- our clients against npm's server ---

async function npmServer() {
  const http = createServer();
  const server = new Server(http, { pingInterval: PING_INTERVAL, pingTimeout: PING_TIMEOUT });
  for (const name of ["/", "/chat"]) {
    server.of(name).on("connection", (socket) => {
      socket.on("echo", (...args) => socket.emit("echo", ...args));
      socket.on("ack", (...args) => args.pop()(...args));
    });
  }
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    server,
    url: `http://127.0.0.1:${http.address().port}`,
    engines: () => server.engine.clientsCount,
    async stop() {
      await server.close();
    },
  };
}

function ourClient(url, transport, ...more) {
  const child = start(["demo", "--client", url, "--transport", transport, ...more], ["pipe", "pipe", "inherit"]);
  const happened = [];
  createInterface({ input: child.stdout }).on("line", (line) => happened.push(JSON.parse(line)));
  const all = (kind) => happened.filter((it) => it.happened === kind);
  return {
    happened,
    all,
    command: (it) => child.stdin.write(`${JSON.stringify(it)}\n`),
    some: (kind, count = 1) => until(() => all(kind).length >= count && all(kind), `${count} x ${kind}`),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      assert.equal(code, 0, "the client ends with 0 on SIGTERM");
    },
  };
}

async function oursTalks(transport, leaky) {
  const peer = await npmServer();
  const client = ourClient(peer.url, transport, "--namespaces", "/,/chat,/nowhere", ...leaky);
  try {
    await client.some("connected", 2);
    const [refused] = await client.some("connect-error");
    assert.deepEqual([refused.nsp, refused.data.message], ["/nowhere", "Invalid namespace"]);
    if (transport === "upgrade") await client.some("engine-upgraded");
    assert.deepEqual(
      Object.values(peer.server.engine.clients).map((it) => it.transport.name),
      [transport === "polling" ? "polling" : "websocket"],
    );

    client.command({ emit: "echo", args: [1, { a: ["✓", "\ud800"] }] });
    client.command({ emit: "echo", args: [2], nsp: "/chat" });
    const echoes = await client.some("event", 2);
    assert.deepEqual(echoes.find((it) => it.nsp === "/").args, [1, { a: ["✓", "\ud800"] }]);
    assert.deepEqual(echoes.find((it) => it.nsp === "/chat").args, [2]);

    client.command({ emit: "ack", args: ["x"], ack: true });
    client.command({ emit: "ack", args: ["y"], ack: true });
    const acks = await client.some("ack", 2);
    assert.deepEqual(acks.map((it) => [it.id, it.args]), [[0, ["x"]], [1, ["y"]]]);

    const bytes = Buffer.from([0, 127, 128, 255]);
    client.command({
      emit: "echo",
      args: [{ _placeholder: true, num: 0 }, "between", { _placeholder: true, num: 1 }],
      attachments: [bytes.toString("base64"), ""],
    });
    const echo = (await client.some("event", 3))[2];
    assert.deepEqual(echo.attachments, [bytes.toString("base64"), ""]);

    const answer = await peer.server.timeout(2000).emitWithAck("question", 1, bytes);
    assert.equal(answer.length, 1, "it acknowledges");
  } finally {
    await client.stop();
  }
  await until(() => peer.engines() === 0, "the server to see it go");
  await peer.stop();
}

async function oursSurvivesPings(transport, leaky) {
  const peer = await npmServer();
  const client = ourClient(peer.url, transport, ...leaky);
  await client.some("connected");
  await sleep(8 * (PING_INTERVAL + PING_TIMEOUT));
  assert.equal(client.all("engine-closed").length, 0);
  assert.equal(peer.engines(), 1);
  await client.stop();
  await peer.stop();
}

/// Poisons our client three times, and returns the most and the last number of sessions that the server had.
async function oursPoisoned(transport, leaky) {
  const peer = await npmServer();
  let most = 0;
  peer.server.engine.on("connection", () => (most = Math.max(most, peer.engines())));
  const client = ourClient(peer.url, transport, ...leaky);
  for (let life = 1; life <= 3; ++life) {
    await client.some("connected", life);
    if (transport === "upgrade") await client.some("engine-upgraded", life);
    await sleep(100);
    peer.server.emit(null, null);
  }
  await client.some("connected", 4);
  await sleep(4 * (PING_INTERVAL + PING_TIMEOUT));
  const result = { most, last: peer.engines() };
  assert.deepEqual(client.all("disconnected").map((it) => it.reason), Array(3).fill("parse error"));
  client.command({ disconnect: true });
  await sleep(300);
  result.afterDisconnect = peer.engines();
  await client.stop();
  await peer.stop();
  return result;
}

async function oursComesBack(transport) {
  const peer = await npmServer();
  const client = ourClient(peer.url, transport);
  await client.some("connected");
  for (const engine of Object.values(peer.server.engine.clients)) engine.close();
  await client.some("connected", 2);
  await sleep(200);
  assert.equal(peer.engines(), 1);
  await client.stop();
  await peer.stop();
}

// --- The list ---

const tests = [];
const test = (name, run) => tests.push({ name, run });
const withServer = (run) => async () => {
  const server = await ourServer();
  try {
    await run(server.url);
  } finally {
    await server.stop();
  }
};

for (const [version, io] of [["4.8.4", io484], ["4.7.5", io475]]) {
  for (const transport of Object.keys(transports)) {
    test(`client ${version}, ${transport}: events, acks, binary, order`, withServer((url) => talks(io, url, transport)));
    test(`client ${version}, ${transport}: namespaces`, withServer((url) => namespaces(io, url, transport)));
    test(`client ${version}, ${transport}: survives pings`, withServer((url) => survivesPings(io, url, transport)));
    test(`client ${version}, ${transport}: sessions end with their clients`, withServer(async (url) => {
      const socket = await connected(npmClient(io, url, transport));
      socket.disconnect();
      await emptiesAgain(io, url);
    }));
    test(`client ${version}, ${transport}: poison ${version === "4.7.5" ? "leaks" : "does not leak"}`,
      withServer(async (url) => assert.equal(await poisoned(io, url, transport), version === "4.7.5" ? 2 : 1)));
  }
}
for (const transport of Object.keys(transports)) {
  for (const leaky of [[], ["--leaky"]]) {
    const who = leaky.length ? "our leaky client" : "our client";
    test(`${who}, ${transport}: events, acks, binary, namespaces`, () => oursTalks(transport, leaky));
    test(`${who}, ${transport}: survives pings`, () => oursSurvivesPings(transport, leaky));
  }
  test(`our client, ${transport}: poison never makes two sessions`, async () =>
    assert.deepEqual(await oursPoisoned(transport, []), { most: 1, last: 1, afterDisconnect: 0 }));
  test(`our leaky client, ${transport}: poison leaves orphans that stay`, async () =>
    assert.deepEqual(await oursPoisoned(transport, ["--leaky"]), { most: 4, last: 4, afterDisconnect: 3 }));
  test(`our client, ${transport}: comes back when the server cuts it off`, () => oursComesBack(transport));
}

for (const generation of kGenerations)
  for (const transport of kTransports)
    test(`our client, server ${generation}, ${transport}: bad weather`, () => weather(program, generation, transport));
for (const transport of kTransports)
  test(`our client, ${transport}: what was missed is recovered, once`, () => recovers(program, transport));
test("our client: TLS, trusted and not", () => speaksTls(program));
test("two npm servers, round robin: sessions are lost, and both are named", () => roundRobinLosesSessions(program));
test("two npm servers, sticky: no session is lost", () => stickyKeepsSessions(program));
for (const version of ["send-proxy", "send-proxy-v2"]) {
  test(`HAProxy in front, ${version}: its client is ours`, () => haproxyInFront(program, version));
  test(`HAProxy in front, ${version}: without --trust its preamble goes on`, () => haproxyPassedOn(program, version));
}
for (const version of ["v1", "v2"])
  test(`HAProxy behind: --send-proxy ${version} is read`, () => haproxyBehind(program, version));

const only = option("only");
const chosen = tests.filter((it) => !only || it.name.includes(only));
let failed = 0;
async function worker() {
  for (let it = chosen.shift(); it; it = chosen.shift()) {
    try {
      await Promise.race([it.run(), sleep(60_000).then(() => assert.fail("it does not come to an end"))]);
      console.log(`ok    ${it.name}`);
    } catch (error) {
      ++failed;
      console.log(`FAIL  ${it.name}\n      ${String(error.stack).replaceAll("\n", "\n      ")}`);
    }
  }
}
const count = chosen.length;
await Promise.all([worker(), worker(), worker(), worker()]);
console.log(`peers: ${count - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
