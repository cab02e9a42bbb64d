// What the parts of this test share: claims, and processes that end with us.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export const tally = { passed: 0, failed: 0 };
export function check(claim, holds, why = "") {
  if (holds) {
    tally.passed += 1;
    return;
  }
  tally.failed += 1;
  console.log(`FAILED ${claim}\n${String(why).trimEnd().replace(/^/gm, "  | ")}`);
}

/** What is not tried here, said loudly: nobody may take it for tried. */
export const skip = (what, why) => console.log(`docker: SKIPPED ${what}: ${why}`);

export const there = (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGTERM");
});
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(1));

/** Starts a program whose output gathers in `output`. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  child.output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (child.output += bytes));
  child.once("error", (error) => (child.output += error.message));
  running.add(child);
  child.ended = new Promise((resolve) => child.once("close", (code, signal) => (running.delete(child), resolve(code ?? signal))));
  return child;
}

/** Runs to the end: `{ code, output }`, stdout and stderr together. */
export async function run(command, args, options) {
  const child = start(command, args, options);
  return { code: await child.ended, output: child.output };
}

/** Asks until there is an answer that is not false, null or undefined, or the time is up. */
export async function until(seconds, ask) {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const answer = await ask();
    if (answer || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export const json = (url, headers = {}) => fetch(url, { headers }).then((answer) => answer.json(), () => null);
