// The recipes, run for real: through sioscope the test whose client leaks fails and names the finding, and the other one
// passes; without sioscope both pass, so it is the finding that fails it.
import { execFileSync } from "node:child_process";
import { check, recipes, run, skip, startServer } from "./parts.mjs";

const kLeak = "leak/orphan-after-parse-error";
const runners = {
  mocha: { passed: /(\d+) passing/, failed: /(\d+) failing/ },
  vitest: { passed: /Tests .*?(\d+) passed/, failed: /Tests .*?(\d+) failed/ },
  jest: { passed: /Tests: .*?(\d+) passed/, failed: /Tests: .*?(\d+) failed/ },
  "node-test": { passed: /^(?:#|ℹ) pass (\d+)/m, failed: /^(?:#|ℹ) fail (\d+)/m, node: [20, 14] },
  playwright: { passed: /^ +(\d+) passed/m, failed: /^ +(\d+) failed/m, chromium: true },
};
const number = (pattern, text) => Number(pattern.exec(text)?.[1] ?? 0);

function chromium() {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {}
  }
  return null;
}

/** Why the runner cannot be tried here; nothing: it can. */
function lacks({ chromium: needsBrowser, node: needed }) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (needsBrowser && !chromium()) return "there is no chromium; apt-get install chromium";
  if (needed && (major < needed[0] || (major === needed[0] && minor < needed[1])))
    return `Node ${process.version} has no --test-force-exit; ${needed.join(".")} and later have`;
}

async function tryRunner(name, { passed, failed, chromium: needsBrowser }, program) {
  const browser = needsBrowser ? chromium() : null;
  const env = { CHROMIUM: browser ?? "", CHROMIUM_ARGS: process.getuid?.() === 0 ? "--no-sandbox" : "", CI: "1", NO_COLOR: "1" };
  const npm = ["npm", "run", "--silent", name];

  const server = await startServer();
  const checked = (options) => run(program, ["check", "--upstream", server.url, "--admin", "127.0.0.1:0", "--quiet", ...options, "--", ...npm], { cwd: recipes, env });
  const leaked = await checked([]);
  check(`${name}: the test that leaks fails, the other passes`,
        number(passed, leaked.output) === 1 && number(failed, leaked.output) === 1, leaked.output);
  check(`${name}: what failed is the test that leaks, and it names the finding`,
        /findings in ".*a client comes back"/.test(leaked.output) && leaked.output.includes(`${kLeak} (`) &&
          !/findings in ".*a message reaches everybody"/.test(leaked.output), leaked.output);
  check(`${name}: the runner's own exit code is kept`, leaked.code === 1, `${leaked.code}`);

  if (name === "mocha") { // The helper is the same for all.
    const tolerated = await checked(["--fail-on", "never"]);
    check(`${name}: with --fail-on never both pass`,
          number(passed, tolerated.output) === 2 && number(failed, tolerated.output) === 0 && tolerated.code === 0, tolerated.output);
  }
  server.stop();
}

async function tryAlone(name, { passed, failed }) {
  const server = await startServer();
  const alone = await run("npm", ["run", "--silent", name], { cwd: recipes, env: { SIOSCOPE_URL: server.url, SIOSCOPE_ADMIN: "", NO_COLOR: "1" } });
  check(`${name}: without sioscope both pass`,
        number(passed, alone.output) === 2 && number(failed, alone.output) === 0 && alone.code === 0, alone.output);
  server.stop();
}

export async function tryRunners(program, only) {
  for (const [name, runner] of Object.entries(runners)) {
    if (only && only !== name) continue;
    const missing = lacks(runner);
    if (missing) {
      skip(`recipe ${name}`, missing);
      continue;
    }
    await tryRunner(name, runner, program);
    if (!runner.chromium) await tryAlone(name, runner);
  }
}
