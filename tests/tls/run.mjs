#!/usr/bin/env node
// Real clients and a real server over https and wss, with sioscope between them that terminates TLS, originates it, or does
// both; and everything about certificates that only the whole program has. README.md says more.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import { createServer as createSecure, get } from "node:https";
import { createRequire } from "node:module";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect as connectSecure } from "node:tls";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Authority } from "./certificates.mjs";

const require = createRequire(new URL("../lab/package.json", import.meta.url));
const { Server } = require("socket.io");
const { io } = require("client-4.8.4");

const { values } = parseArgs({
  options: {
    program: { type: "string", default: fileURLToPath(new URL("../../build/release/sioscope", import.meta.url)) },
    only: { type: "string", default: "" },
  },
});
const program = resolve(values.program);
const only = new RegExp(values.only);
const kTransports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };
const kPatience = 15_000;

const folder = mkdtempSync(join(tmpdir(), "sioscope-tls-"));
const authority = new Authority(folder, "Test-CA");
const friends = new Authority(folder, "Friends");
const app = authority.issue("app", "DNS:app.example,IP:127.0.0.1");
const file = (name) => join(folder, name);

const within = (what, promise) => {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what}: waited in vain`)), kPatience)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// --- The program ---

class Proxy {
  said = "";

  static async start(args, { command = "proxy", rest = [], env = {} } = {}) {
    const proxy = new Proxy();
    proxy.findings = file(`findings-${Math.random().toString(36).slice(2)}.ndjson`);
    proxy.child = spawn(program, [command, "--listen", "127.0.0.1:0", "--findings", proxy.findings, "--log-level", "info",
                                  ...(args.includes("--threads") ? [] : ["--threads", "2"]), ...args, ...rest],
                        { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    for (const stream of [proxy.child.stdout, proxy.child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (proxy.said += text));
    proxy.ended = once(proxy.child, "close").then(([code]) => code);
    await proxy.says(/^sioscope: listening on (https?:\/\/127\.0\.0\.1:\d+)$/m);
    proxy.url = /^sioscope: listening on (.*)$/m.exec(proxy.said)[1];
    proxy.port = Number(new URL(proxy.url).port);
    return proxy;
  }

  /** Waits until the program has said it. */
  says(what) {
    return within(`sioscope says ${what} (it said: ${this.said})`, new Promise((resolve, reject) => {
      const look = () => what.test(this.said) && resolve();
      this.child.stderr.on("data", look);
      this.ended.then((code) => (what.test(this.said) ? resolve() : reject(new Error(`it ended with ${code}: ${this.said}`))));
      look();
    }));
  }

  /** Ends it as an operator would; resolves with its verdict. */
  async stop() {
    this.child.kill("SIGTERM");
    await within("sioscope ends", this.ended);
    return JSON.parse(readFileSync(this.findings, "utf8").trim().split("\n").at(-1));
  }
}

const terminating = ["--tls-cert", app.files.cert, "--tls-key", app.files.key];
const originating = ["--upstream-ca", authority.file, "--upstream-name", "app.example"];

// --- The server and its clients ---

/** A Socket.IO server; `secure`: the options of its TLS, or nothing. */
async function serve(secure) {
  const http = secure ? createSecure({ ...app, ...secure }) : createPlain();
  const server = new Server(http, { pingInterval: 500, pingTimeout: 5000 });
  server.on("connection", (socket) => {
    socket.on("echo", (...args) => args.pop()(...args));
    socket.on("whisper", (text) => socket.emit("whisper", text.toUpperCase()));
  });
  const resumed = []; // For each TLS connection, whether it took an earlier session up again.
  http.on("secureConnection", (socket) => resumed.push(socket.isSessionReused()));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const url = `${secure ? "https" : "http"}://127.0.0.1:${http.address().port}`;
  return { url, http, resumed, stop: () => (server.close(), http.closeAllConnections()) };
}

const visit = (url, options) =>
  io(url, { ca: [authority.pem], forceNew: true, reconnection: false, ...options });

async function connected(socket) {
  await within("a client connects", new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error) => reject(error));
  }));
  return socket;
}

/** A conversation of 3 events each way, binary among them. */
async function converse(socket) {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) & 255));
  const ask = (...args) => within("an answer", new Promise((answer) => socket.emit("echo", ...args, (...said) => answer(said))));
  assert.deepEqual(await ask("text", { nested: [1, null, "ä"] }), ["text", { nested: [1, null, "ä"] }]);
  assert.deepEqual(await ask(bytes), [bytes]);
  const whispered = within("a whisper", new Promise((heard) => socket.once("whisper", heard)));
  socket.emit("whisper", "quiet");
  assert.equal(await whispered, "QUIET");
}

const secureTo = (port, options = {}) =>
  new Promise((resolve, reject) => {
    const socket = connectSecure({ port, host: "127.0.0.1", ca: [authority.pem], ...options });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
  });

// --- The cases ---

let passed = 0;
let failed = 0;
const cleanups = [];
const later = (cleanup) => cleanups.push(cleanup);

async function test(name, play) {
  if (!only.test(name)) return;
  try {
    await play();
    passed++;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${error.stack}`);
  } finally {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  }
}

async function start(args, upstream, options) {
  const proxy = await Proxy.start(["--upstream", upstream.url, ...args], options);
  later(() => proxy.child.kill("SIGKILL"));
  return proxy;
}
async function served(secure) {
  const server = await serve(secure);
  later(server.stop);
  return server;
}

for (const [sides, client, upstream] of [["terminates", true, false], ["originates", false, true], ["does both", true, true]])
  await test(`sioscope ${sides}: real clients by polling, websocket and upgrade`, async () => {
    const server = await served(upstream && {});
    const proxy = await start([...(client ? terminating : []), ...(upstream ? originating : [])], server);
    assert.equal(new URL(proxy.url).protocol, client ? "https:" : "http:");
    for (const transports of Object.values(kTransports)) {
      const socket = await connected(visit(proxy.url, { transports }));
      if (transports.length === 2 && socket.io.engine.transport.name !== "websocket")
        await within("the upgrade", once(socket.io.engine, "upgrade"));
      await converse(socket);
      socket.disconnect();
    }
    const verdict = await proxy.stop();
    assert.equal(verdict.result, "clean", JSON.stringify(verdict));
    assert.equal(verdict.sessions, 3);
    assert.equal(verdict.deliveries, 3); // The whispers; what answers an event is an ack.
    assert.deepEqual(verdict.unobserved, []);
    if (upstream) assert.ok(server.resumed.slice(2).includes(true), `no session was taken up again: ${server.resumed}`);
  });

await test("check tells its command an https URL, and the command's client gets through", async () => {
  const server = await served({});
  const child = `
    const { io } = require("client-4.8.4");
    if (!process.env.SIOSCOPE_URL.startsWith("https://127.0.0.1:")) process.exit(9);
    const socket = io(process.env.SIOSCOPE_URL, { reconnection: false });
    socket.on("connect_error", (error) => (console.error(error), process.exit(8)));
    socket.on("connect", () => socket.emit("echo", 1, () => (socket.disconnect(), setTimeout(() => process.exit(0), 50))));`;
  const check = await Proxy.start(["--upstream", server.url, ...terminating, ...originating], {
    command: "check",
    rest: ["--", process.execPath, "-e", child],
    env: { NODE_EXTRA_CA_CERTS: authority.file, NODE_PATH: fileURLToPath(new URL("../lab/node_modules", import.meta.url)) },
  });
  assert.equal(await within("check ends", check.ended), 0, check.said);
});

await test("the name asked for chooses the certificate", async () => {
  const server = await served();
  const second = authority.issue("second", "DNS:second.example,DNS:*.wild.example");
  const proxy = await start(["--tls-cert", app.files.both, "--tls-cert", second.files.both], server);
  const shown = async (servername) => {
    const socket = await secureTo(proxy.port, { servername, checkServerIdentity: () => undefined });
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  };
  assert.equal(await shown("app.example"), "app");
  assert.equal(await shown("second.example"), "second");
  assert.equal(await shown("a.wild.example"), "second");
  assert.equal(await shown("nobody.example"), "app");
});

await test("http/1.1 is agreed on, and no other protocol", async () => {
  const server = await served();
  const proxy = await start(terminating, server);
  const socket = await secureTo(proxy.port, { ALPNProtocols: ["h2", "http/1.1"] });
  assert.equal(socket.alpnProtocol, "http/1.1");
  assert.match(socket.getProtocol(), /^TLSv1\.3$/);
  socket.destroy();
  await assert.rejects(secureTo(proxy.port, { ALPNProtocols: ["h2"] }));
  await assert.rejects(secureTo(proxy.port, { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" }));
});

await test("client certificates: demanded, or welcome", async () => {
  const server = await served();
  const jane = friends.issue("jane", "DNS:jane.example");
  const mallory = authority.issue("mallory", "DNS:mallory.example");
  const own = ({ cert, key }) => ({ cert, key });
  const demanding = await start([...terminating, "--tls-client-ca", friends.file], server);
  await converse(await connected(visit(demanding.url, { ...own(jane), transports: ["websocket"] })));
  await assert.rejects(connected(visit(demanding.url, { transports: ["websocket"] })));
  await demanding.says(/TLS with the client 127\.0\.0\.1:\d+ failed, it showed no certificate; its connection is closed/);
  await assert.rejects(connected(visit(demanding.url, { ...own(mallory), transports: ["polling"] })));

  const welcoming = await start([...terminating, "--tls-client-ca", friends.file, "--tls-client-auth", "optional"], server);
  await converse(await connected(visit(welcoming.url, { transports: ["polling"] })));
  await converse(await connected(visit(welcoming.url, { ...own(jane), transports: ["polling"] })));
  await assert.rejects(connected(visit(welcoming.url, { ...own(mallory), transports: ["polling"] })));
});

await test("an upstream that asks for a certificate gets ours, and knows us again", async () => {
  const server = await served({ ca: [friends.pem], requestCert: true, rejectUnauthorized: true });
  const own = friends.issue("sioscope", "DNS:sioscope.example");
  const proxy = await start([...originating, "--upstream-cert", own.files.cert, "--upstream-key", own.files.key, "--threads", "1"], server);
  await converse(await connected(visit(proxy.url, { transports: ["polling"] })));
  assert.ok(server.resumed.includes(true), `${server.resumed}`);
});

await test("a client that comes back takes its session up again, over a SIGHUP too", async () => {
  const server = await served();
  const proxy = await start(terminating, server);
  const first = await secureTo(proxy.port);
  const ticket = within("a ticket", once(first, "session"));
  first.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const [session] = await ticket;
  first.destroy();
  assert.equal((await secureTo(proxy.port, { session })).isSessionReused(), true);
  proxy.child.kill("SIGHUP");
  await proxy.says(/SIGHUP: certificates were read again/);
  assert.equal((await secureTo(proxy.port, { session })).isSessionReused(), true);
});

await test("SIGHUP reads certificates again and drops nobody; bad ones leave the old in use", async () => {
  const server = await served({});
  const changing = file("changing.pem");
  copyFileSync(app.files.both, changing);
  const trusted = file("trusted.pem");
  copyFileSync(authority.file, trusted);
  const proxy = await start(["--tls-cert", changing, "--upstream-ca", trusted, "--upstream-name", "app.example"], server);
  const socket = await connected(visit(proxy.url, { transports: ["websocket"] }));
  const shown = async () => {
    const probe = await secureTo(proxy.port, { servername: "app.example" });
    const { serialNumber } = probe.getPeerCertificate();
    probe.destroy();
    return serialNumber;
  };
  const before = await shown();

  copyFileSync(authority.issue("fresh", "DNS:app.example,IP:127.0.0.1").files.both, changing);
  assert.equal(await shown(), before);
  proxy.child.kill("SIGHUP");
  await proxy.says(/SIGHUP: certificates were read again, for connections from now on/);
  const fresh = await shown();
  assert.notEqual(fresh, before);
  await converse(socket);

  writeFileSync(changing, "no longer a certificate");
  writeFileSync(trusted, "");
  proxy.child.kill("SIGHUP");
  await proxy.says(/SIGHUP: TLS towards clients: there is no certificate in '.*changing\.pem'.*what was read before stays in use/);
  await proxy.says(/SIGHUP: TLS towards the upstream: there is no certificate in '.*trusted\.pem'/);
  assert.equal(await shown(), fresh);
  await converse(socket);
  await converse(await connected(visit(proxy.url, { transports: ["polling"] })));
  assert.equal(socket.connected, true);
  assert.equal((await proxy.stop()).result, "clean");
});

await test("SSLKEYLOGFILE gets the very secrets that both peers know", async () => {
  const server = await served({});
  const secrets = [];
  server.http.on("keylog", (line) => secrets.push(line.toString().trim()));
  const log = file("keys.log");
  const proxy = await start([...terminating, ...originating], server, { env: { SSLKEYLOGFILE: log } });
  await proxy.says(/SSLKEYLOGFILE: the secrets of all TLS connections are written to '.*keys\.log'/);
  const probe = connectSecure({ port: proxy.port, host: "127.0.0.1", ca: [authority.pem] });
  probe.on("keylog", (line) => secrets.push(line.toString().trim()));
  await within("a connection", once(probe, "secureConnect"));
  probe.write("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await within("an answer", once(probe, "data"));
  const written = readFileSync(log, "utf8").trim().split("\n");
  assert.ok(secrets.length >= 10, `${secrets.length} secrets`);
  for (const secret of secrets) assert.ok(written.includes(secret), secret);
  for (const line of written) assert.match(line, /^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}$/);
  probe.destroy();

  const unwritable = await start(terminating, server, { env: { SSLKEYLOGFILE: "/nonexistent/keys" } });
  await unwritable.says(/SSLKEYLOGFILE: cannot write '\/nonexistent\/keys': No such file/);
});

await test("who speaks plain HTTP, garbage or nothing to the TLS port is closed, and others go on", async () => {
  const server = await served();
  const proxy = await start(terminating, server);
  const socket = await connected(visit(proxy.url, { transports: ["websocket"] }));
  for (const said of ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\0".repeat(500)]) {
    const plain = connectPlain(proxy.port, "127.0.0.1", () => plain.write(said));
    plain.on("error", () => {}).resume();
    await within("an end", once(plain, "close"));
  }
  await proxy.says(/TLS with the client 127\.0\.0\.1:\d+ failed, it speaks plain HTTP; its connection is closed/);
  await converse(socket);
  assert.equal((await proxy.stop()).result, "clean");
});

await test("an upstream that is not believed is a 502, with the reason in the log", async () => {
  const server = await served({});
  const answer = (url) => within("an answer", new Promise((resolve, reject) =>
    get(url, { ca: [authority.pem] }, async (response) => resolve([response.statusCode, Buffer.concat(await response.toArray()).toString()]))
      .on("error", reject)));
  for (const [args, reason] of [
    [["--upstream-ca", friends.file], /its certificate \(CN=app\) was issued by CN=Test-CA, whom nothing here says to trust/],
    [[], /its certificate \(CN=app\) was issued by CN=Test-CA/],
    [["--upstream-ca", authority.file, "--upstream-name", "other.example"],
     /its certificate \(CN=app\) is for app\.example, 127\.0\.0\.1, not for other\.example/],
  ]) {
    const proxy = await start([...terminating, ...args], server);
    const [status, body] = await answer(proxy.url);
    assert.equal(status, 502);
    assert.match(body, reason);
    await proxy.says(new RegExp(`cannot be reached: TLS failed, ${reason.source}`));
  }
  const expired = authority.issue("expired", "IP:127.0.0.1", -1);
  const late = await served({ cert: expired.cert, key: expired.key });
  const proxy = await start(["--upstream-ca", authority.file], late);
  const [status, body] = await within("an answer", new Promise((resolve, reject) => {
    const plain = connectPlain(proxy.port, "127.0.0.1", () => plain.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    let text = "";
    plain.setEncoding("utf8").on("data", (piece) => (text += piece)).on("error", reject);
    plain.on("close", () => resolve([Number(text.split(" ")[1]), text]));
  }));
  assert.equal(status, 502);
  assert.match(body, /its certificate \(CN=expired\) expired on 20/);

  const careless = await start([...terminating, "--upstream-insecure", "--upstream-name", "other.example"], late);
  await converse(await connected(visit(careless.url, { transports: ["websocket"] })));
});

await test("what cannot be used is exit code 2 and one sentence that names it", async () => {
  const other = authority.issue("other", "DNS:app.example");
  const expired = authority.issue("past", "DNS:app.example", -1);
  const locked = authority.lock(app, "secret");
  writeFileSync(file("empty"), "");
  const refused = (args, part, upstream = "http://127.0.0.1:1") => new Promise((resolve, reject) =>
    execFile(program, ["proxy", "--listen", "127.0.0.1:0", "--upstream", upstream, ...args], { timeout: kPatience }, (error, _, said) => {
      try {
        assert.equal(error?.code, 2, said);
        assert.match(said, part);
        assert.equal(said.trim().split("\n").length, 1, said);
        resolve();
      } catch (wrong) {
        reject(wrong);
      }
    }));
  const cert = (...files) => ["--tls-cert", ...files.flatMap((one, i) => (i ? ["--tls-key", one] : [one]))];
  await refused(cert("/nonexistent.pem"), /TLS towards clients: cannot read '\/nonexistent\.pem': No such file or directory/);
  await refused(cert(folder), /cannot read '.*': Is a directory/);
  await refused(cert(file("empty")), /there is no certificate in '.*empty'/);
  await refused(cert(app.files.cert), /there is no private key in '.*app\.pem'/);
  await refused(cert(app.files.cert, "/nonexistent.key"), /cannot read '\/nonexistent\.key'/);
  await refused(cert(app.files.cert, other.files.key), /the private key in '.*other\.key' does not belong to the first certificate in '.*app\.pem'/);
  await refused(cert(app.files.cert, locked), /the private key in '.*locked' is encrypted/);
  await refused(cert(expired.files.both), /the certificate of CN=past in '.*past\.both' expired on 20/);
  await refused([...terminating, "--tls-client-ca", file("empty")], /there is no certificate in '.*empty'/);
  const secure = "https://127.0.0.1:1";
  await refused(["--upstream-ca", file("empty")], /TLS towards the upstream: there is no certificate in '.*empty'/, secure);
  await refused(["--upstream-cert", app.files.cert, "--upstream-key", other.files.key], /does not belong to/, secure);
});

await test("the capture holds what is inside of TLS", async () => {
  const server = await served({});
  const capture = file("inside.pcapng");
  const proxy = await start([...terminating, ...originating, "--capture", capture], server);
  const socket = await connected(visit(proxy.url, { transports: ["websocket"] }));
  await converse(socket);
  socket.disconnect();
  await proxy.stop();
  const findings = file("analyzed.ndjson");
  execFileSync(program, ["analyze", capture, "--findings", findings, "--quiet"], { stdio: "ignore" });
  const verdict = JSON.parse(readFileSync(findings, "utf8").trim().split("\n").at(-1));
  assert.equal(verdict.sessions, 1);
  assert.equal(verdict.deliveries, 1);
  assert.equal(verdict.result, "clean");
});

rmSync(folder, { recursive: true });
console.log(`tls: ${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
