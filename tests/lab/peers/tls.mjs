// Our client over TLS, against npm's server behind Node's: trusted with its certificate, refused without.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attach, kPresent } from "../parts/generations.mjs";

async function connect(program, ...args) {
  const child = spawn(program, ["connect", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) child[stream].on("data", (bytes) => (said[stream] += bytes));
  const [code] = await once(child, "close");
  return { code, ...said };
}

export async function speaksTls(program) {
  const folder = mkdtempSync(join(tmpdir(), "tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test".split(" "),
    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert,
  ], { stdio: "ignore" });
  const http = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
  const io = await attach(kPresent, http, {});
  io.on("connection", (socket) => socket.on("ask", (...args) => args.pop()(...args)));
  http.listen(0, "localhost");
  await once(http, "listening");
  const { port } = http.address();
  const url = `https://localhost:${port}`;
  try {
    const long = JSON.stringify("x".repeat(100_000));
    for (const transport of ["polling", "websocket", "upgrade"]) {
      const { code, stdout } = await connect(program, url, "--cacert", cert, "-t", transport, "-e", `ask ${long}`, "--ack");
      assert.equal(code, 0);
      const answer = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line)).find((it) => it.happened === "ack");
      assert.equal(JSON.stringify(answer.args[0]), long);
    }
    const stranger = await connect(program, url, "-e", "ask", "--ack");
    assert.equal(stranger.code, 1);
    assert.match(stranger.stderr, /is not trusted: certificate verify failed: self-signed certificate; see --cacert/);
    const trusting = await connect(program, `wss://localhost:${port}`, "--insecure", "-e", "ask", "--ack");
    assert.equal(trusting.code, 0);
    const plain = await connect(program, `http://localhost:${port}`, "-e", "ask", "--ack");
    assert.equal(plain.code, 1);
    assert.match(plain.stderr, /try https:\/\//);
  } finally {
    io.close();
    http.closeAllConnections();
    rmSync(folder, { recursive: true });
  }
}
