// HAProxy in front of sioscope and behind it: each must learn from the other who the client is.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill, run } from "../parts/children.mjs";
import { startProxy } from "../parts/program.mjs";

const kClient = "127.0.0.2"; // Of loopback too, and nobody else's.

async function freePort() {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** A server that answers with the X-Forwarded-For that it got. */
async function serveEcho() {
  const server = createServer((req, response) => response.end(req.headers["x-forwarded-for"] ?? "none"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Resolves once somebody listens there. */
async function listens(port) {
  for (let tries = 0; ; ++tries) {
    const socket = connect({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (error.code !== "ECONNREFUSED" || tries === 400) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    } finally {
      socket.destroy();
    }
  }
}

/** HAProxy between `port` and `to`; `bind` and `server` are options of these lines. */
async function startHaproxy(folder, to, { bind = "", server = "", mode = "tcp", extra = "" }) {
  const port = await freePort();
  const file = join(folder, `haproxy-${port}.cfg`);
  writeFileSync(file, `
defaults
  mode ${mode}
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen it
  bind 127.0.0.1:${port} ${bind}
  ${extra}
  server one ${to} ${server}
`);
  const child = run("haproxy", ["-db", "-f", file], { stdio: "ignore" });
  await listens(port);
  return { port, child };
}

function ask(port) {
  return new Promise((resolve, reject) => {
    const it = request({ host: "127.0.0.1", port, localAddress: kClient, path: "/socket.io/?EIO=4&transport=polling" });
    it.on("response", async (response) => {
      let body = "";
      for await (const piece of response) body += piece;
      resolve(body);
    });
    it.on("error", reject);
    it.end();
  });
}

async function between(play) {
  const folder = mkdtempSync(join(tmpdir(), "hops-"));
  const echo = await serveEcho();
  const started = [];
  const keep = (one) => (started.push(one), one);
  try {
    await play({ folder, echo: `127.0.0.1:${echo.address().port}`, keep });
  } finally {
    for (const { child } of started) await kill(child);
    echo.close();
    rmSync(folder, { recursive: true });
  }
}

/** HAProxy's preamble is believed: what the server is told is the client's address, not HAProxy's. */
export const haproxyInFront = (program, version) => between(async ({ folder, echo, keep }) => {
  const proxy = keep(await startProxy({
    program, folder, upstream: `http://${echo}`, args: ["--trust", "127.0.0.1", "--forward-for"],
  }));
  const haproxy = keep(await startHaproxy(folder, new URL(proxy.url).host, { server: version }));
  assert.equal(await ask(haproxy.port), kClient);
});

/** Without --trust HAProxy's preamble is what it always was: bytes. */
export const haproxyPassedOn = (program, version) => between(async ({ folder, echo, keep }) => {
  const accepting = keep(await startHaproxy(folder, echo, { bind: "accept-proxy", mode: "http", extra: "option forwardfor" }));
  const proxy = keep(await startProxy({ program, folder, upstream: `http://127.0.0.1:${accepting.port}` }));
  const haproxy = keep(await startHaproxy(folder, new URL(proxy.url).host, { server: version }));
  assert.equal(await ask(haproxy.port), kClient);
});

/** HAProxy reads our preamble. */
export const haproxyBehind = (program, version) => between(async ({ folder, echo, keep }) => {
  const haproxy = keep(await startHaproxy(folder, echo, { bind: "accept-proxy", mode: "http", extra: "option forwardfor" }));
  const proxy = keep(await startProxy({
    program, folder, upstream: `http://127.0.0.1:${haproxy.port}`, args: ["--send-proxy", version],
  }));
  assert.equal(await ask(new URL(proxy.url).port), kClient);
});
