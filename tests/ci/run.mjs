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

if (!["github", "gitlab"].includes(values.only)) await tryRunners(program, values.only);
if ([undefined, "github"].includes(values.only)) await tryGithub(program);
if ([undefined, "gitlab"].includes(values.only)) await tryGitlab(program);
console.log(`ci: ${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed > 0 || tally.passed === 0 ? 1 : 0);
