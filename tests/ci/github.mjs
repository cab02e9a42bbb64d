// The composite action: valid by its schema, and its steps run as the runner runs them, with its variables and files.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { check, ci, run, startServer } from "./parts.mjs";

const kAction = join(ci, "github/action.yml");
const sessions = fileURLToPath(new URL("sessions.mjs", import.meta.url));
const validator = fileURLToPath(new URL("node_modules/.bin/action-validator", import.meta.url));

/** Puts values where `${{ inputs.x }}` and `${{ steps.x.outputs.y }}` stand. */
const evaluate = (text, context) =>
  `${text}`.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, path) => path.split(".").reduce((at, key) => at?.[key], context) ?? "");

/** What the runner wrote down in `name=value` lines. */
const outputsIn = (file) =>
  Object.fromEntries(readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));

/** Runs the steps with a `run` until one fails. Source: GitHub's "Workflow syntax", `jobs.<job_id>.steps[*].shell`. */
async function runAction(action, inputs, { folder, env = {} }) {
  const all = Object.fromEntries(Object.entries(action.inputs).map(([name, { default: value = "" }]) => [name, inputs[name] ?? value]));
  const context = { inputs: all, steps: {} };
  const summary = join(folder, "summary.md");
  writeFileSync(summary, "");
  const result = { code: 0, output: "" };
  for (const [index, step] of action.runs.steps.entries()) {
    if (!step.run || result.code !== 0) continue;
    const [script, outputs] = [join(folder, `${index}.sh`), join(folder, `${index}.out`)];
    writeFileSync(script, evaluate(step.run, context));
    writeFileSync(outputs, "");
    const variables = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(value, context)]));
    const { code, output } = await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: folder,
      env: { ...env, ...variables, GITHUB_ACTION_PATH: dirname(kAction), GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary },
    });
    context.steps[step.id] = { outputs: outputsIn(outputs) };
    result.code = code;
    result.output += output;
  }
  result.outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, evaluate(value, context)]));
  result.summary = readFileSync(summary, "utf8");
  return result;
}

function validate(file) {
  try {
    execFileSync(validator, [file], { stdio: "pipe" });
    return "";
  } catch (error) {
    return `${error.stdout}${error.stderr}` || error.message;
  }
}

export async function tryGithub(program) {
  const folder = mkdtempSync(join(tmpdir(), "ci-github-"));
  check("github: the action is valid", validate(kAction) === "", validate(kAction));
  const wrong = join(folder, "action.yml");
  writeFileSync(wrong, readFileSync(kAction, "utf8").replace("using: composite", "using: composition"));
  check("github: a wrong action is refused", validate(wrong) !== "");

  const action = parse(readFileSync(kAction, "utf8"));
  for (const step of action.runs.steps)
    check("github: no input is pasted into a script", !/\$\{\{/.test(step.run ?? ""), step.run);

  const server = await startServer();
  const inputs = (more) => ({ program, upstream: server.url, command: `node ${sessions} behaves`, ...more });
  const at = (path) => join(folder, path);
  const read = (path) => (existsSync(at(path)) ? readFileSync(at(path), "utf8") : "");

  const leaks = await runAction(action, inputs({ command: `echo one\nnode ${sessions} leaks` }), { folder });
  check("github: a leak fails the step, with an annotation and a summary",
        leaks.code === 1 && /^::error title=/m.test(leaks.output) && leaks.summary.includes("leak/orphan-after-parse-error"), leaks.output);
  check("github: ... and its outputs say so", leaks.outputs.result === "findings" && leaks.outputs["exit-code"] === "1", JSON.stringify(leaks.outputs));
  check("github: every report is where its output says",
        JSON.parse(read(leaks.outputs.sarif)).runs[0].results.length > 0 && read(leaks.outputs.junit).includes("<failure") &&
          read(leaks.outputs.html).includes("<html") && read(leaks.outputs.findings).includes('"type":"verdict"'));

  const clean = await runAction(action, inputs({}), { folder });
  check("github: without a finding it passes, and nothing of an earlier run is left",
        clean.code === 0 && clean.outputs.result === "clean" && !read(clean.outputs.findings).includes("orphan"), clean.output);

  const fails = await runAction(action, inputs({ command: `false\nnode ${sessions} behaves` }), { folder });
  check("github: the command ends at its first failure, and its code is kept", fails.code === 1 && fails.outputs["exit-code"] === "1", fails.output);
  const seven = await runAction(action, inputs({ command: `node ${sessions} behaves; exit 7` }), { folder });
  check("github: ... whatever it is", seven.code === 7 && seven.outputs["exit-code"] === "7", seven.output);

  const options = await runAction(action, inputs({ command: `test "$A" = "$SIOSCOPE_URL" && test "$B C" = "$A C" && test -n "$SIOSCOPE_ADMIN" && node ${sessions} leaks`,
                                                   "fail-on": "duplicate\nprotocol:certain\n", env: "A\nB", options: "--log-level\ndebug", reports: "some where" }), { folder });
  check("github: every input reaches the program", options.code === 1 && existsSync(at("some where/sioscope.sarif")), options.output);
  const never = await runAction(action, inputs({ command: `node ${sessions} leaks`, "fail-on": "never" }), { folder });
  check("github: with fail-on never a leak passes, and is told", never.code === 0 && never.outputs.result === "findings", never.output);

  for (const name of ["fail-on", "env", "options", "reports", "baseline", "config"]) {
    const hostile = await runAction(action, inputs({ [name]: '$(touch pwned)`touch pwned`"; touch pwned; "' }), { folder });
    check(`github: the input ${name} is no command`, !existsSync(at("pwned")), hostile.output);
  }
  const refused = await runAction(action, inputs({ "fail-on": "leek" }), { folder });
  check("github: a wrong option is exit code 2, and no report is claimed",
        refused.code === 2 && refused.outputs.result === "" && refused.outputs["exit-code"] === "2", JSON.stringify(refused));

  const absent = await runAction(action, inputs({ program: "/nonexistent/sioscope" }), { folder });
  check("github: a program that is not there is told", absent.code === 2 && /^::error .*\/nonexistent\/sioscope/m.test(absent.output), absent.output);
  const inPath = await runAction(action, inputs({ program: "" }), { folder, env: { PATH: `${dirname(program)}${delimiter}${process.env.PATH}` } });
  check("github: one in PATH is found", inPath.code === 0 && inPath.outputs.result === "clean", inPath.output);

  server.stop();
  rmSync(folder, { recursive: true });
}
