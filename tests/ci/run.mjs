// What docker/ci offers, tried: the recipes of the test runners, the GitHub action, the GitLab job.
//
//     node run.mjs --program build/release/sioscope [--only NAME]     a runner's name, github or gitlab
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { tryGithub } from "./github.mjs";
import { tryGitlab } from "./gitlab.mjs";
import { tally } from "./parts.mjs";
import { tryRunners } from "./runners.mjs";

const { values } = parseArgs({ options: { program: { type: "string" }, only: { type: "string" } } });
const program = resolve(values.program);

// Two at a time: much of it is waiting, for processes to start and for pings.
const only = values.only;
await Promise.all([
  only === "github" || only === "gitlab" ? null : tryRunners(program, only),
  (async () => {
    if (!only || only === "github") await tryGithub(program);
    if (!only || only === "gitlab") await tryGitlab(program);
  })(),
]);
console.log(`ci: ${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
