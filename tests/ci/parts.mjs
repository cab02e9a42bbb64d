// What the parts of this test share: claims, processes, the server under test.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const recipes = fileURLToPath(new URL("../../docker/ci/recipes/", import.meta.url));
export const ci = fileURLToPath(new URL("../../docker/ci/", import.meta.url));
const kTimeLimit = 60_000;

export const tally = { passed: 0, failed: 0 };
export function check(claim, holds, why = "") {
  if (holds) {
    tally.passed += 1;
    return;
  }
  tally.failed += 1;
  console.log(`FAILED ${claim}\n${why.replace(/^/gm, "  | ")}`);
}

/** What is not tried here, said loudly: nobody may take it for tried. */
export const skip = (what, why) => console.log(`ci: SKIPPED ${what}: ${why}`);

const running = new Set();
process.on("exit", () => {
  for (const child of running) signal(child);
});
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(1));

/** To all that a child started: test runners leave workers behind. */
function signal(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {} // It has ended.
}

function start(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  child.output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (child.output += bytes));
  return child;
}

/** Runs to the end. Resolves with `{ code, output }`, stdout and stderr together. */
export function run(command, args, options = {}) {
  const child = start(command, args, options);
  return new Promise((resolve) => {
    const timer = setTimeout(() => signal(child), kTimeLimit);
    child.once("error", (error) => resolve({ code: -1, output: error.message }));
    child.once("close", (code, signalled) => {
      clearTimeout(timer);
      signal(child);
      running.delete(child);
      // eslint-disable-next-line no-control-regex -- colours
      resolve({ code: code ?? signalled, output: child.output.replace(/\x1b\[[0-9;]*m/g, "") });
    });
  });
}

/** The recipes' server on a free port: `{ url, stop }`. */
export function startServer() {
  const child = start(process.execPath, ["app/server.mjs"], { cwd: recipes, env: { PORT: "0" } });
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error(`the server ended: ${child.output}`)));
    child.stdout.on("data", () => {
      const url = /^listening on (http:\S+)$/m.exec(child.output)?.[1];
      if (url) resolve({ url, stop: () => signal(child) });
    });
  });
}
