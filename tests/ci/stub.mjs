// Stands in for a sioscope without POST /marks and /assert, as long as there is one: answers them as DESIGN's contract
// says, from the real program's /api/findings and /api/verdict, and hands everything else on.
//
//     node stub.mjs COMMAND ARGS...      run by `sioscope check --admin`; COMMAND finds the stub in SIOSCOPE_ADMIN
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const admin = process.env.SIOSCOPE_ADMIN;
const marks = new Map();
const ask = async (path) => (await fetch(admin + path)).json();

async function assertSince({ since, grace }) {
  if (!marks.has(since)) return [404, { error: `there is no mark '${since}'` }];
  const deadline = Date.now() + Number.parseFloat(grace) * (grace.endsWith("ms") ? 1 : 1000);
  while (true) {
    await sleep(50);
    const findings = (await ask("/api/findings")).filter(({ first_seen }) => Date.parse(first_seen) >= marks.get(since));
    // A packet that a client could not read makes its session a suspect.
    const proven = findings.some(({ rule, confidence }) => rule.startsWith("leak/") && confidence !== "possible");
    if (findings.length > 0 && !proven && Date.now() < deadline) continue;
    const { own_exit } = await ask("/api/verdict");
    const bad = findings.some(({ severity, confidence }) => severity === "error" && confidence !== "possible");
    return [200, { type: "verdict", result: bad ? "findings" : "clean", own_exit: bad ? own_exit : 0, findings, advice: [] }];
  }
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  let [status, answer] = [404, { error: "no such path" }];
  if (request.url === "/marks") {
    const mark = `m-${marks.size + 1}`;
    marks.set(mark, Date.now());
    [status, answer] = [201, { mark }];
  } else if (request.url === "/assert") {
    [status, answer] = await assertSince(JSON.parse(body));
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
});
server.listen(0, "127.0.0.1", () => {
  const [command, ...args] = process.argv.slice(2);
  const env = { ...process.env, SIOSCOPE_ADMIN: `http://127.0.0.1:${server.address().port}` };
  spawn(command, args, { stdio: "inherit", env }).on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
});
