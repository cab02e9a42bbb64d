// The GitLab job: read by gitlab-ci-local, which knows GitLab's schema, and run by it.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { check, ci, run, startServer } from "./parts.mjs";

const local = fileURLToPath(new URL("node_modules/.bin/gitlab-ci-local", import.meta.url));
const sessions = fileURLToPath(new URL("sessions.mjs", import.meta.url));

const pipeline = (url) => `include:
  - local: sioscope.gitlab-ci.yml
.here:
  extends: .sioscope
  variables:
    SIOSCOPE_UPSTREAM: ${url}
    SIOSCOPE_BEFORE: touch started
leaks:
  extends: .here
  variables:
    SIOSCOPE_COMMAND: node ${sessions} leaks
behaves:
  extends: .here
  variables:
    SIOSCOPE_COMMAND: test -e started && node ${sessions} behaves
    SIOSCOPE_OPTIONS: --log-level debug --env OTHER
`;

export async function tryGitlab(program) {
  const folder = mkdtempSync(join(tmpdir(), "ci-gitlab-"));
  const server = await startServer();
  copyFileSync(join(ci, "gitlab/sioscope.gitlab-ci.yml"), join(folder, "sioscope.gitlab-ci.yml"));
  writeFileSync(join(folder, ".gitlab-ci.yml"), pipeline(server.url));
  symlinkSync(program, join(folder, "sioscope"));
  const git = (...args) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
  git("init", "--quiet");
  git("remote", "add", "origin", "git@gitlab.test:group/project.git");
  git("add", ".");
  git("-c", "user.name=ci", "-c", "user.email=ci@localhost", "commit", "--quiet", "--message", "ci");

  const env = { PATH: `${folder}${delimiter}${process.env.PATH}`, NO_COLOR: "1" };
  const job = (...args) => run(local, ["--force-shell-executor", ...args], { cwd: folder, env });

  const behaves = await job("behaves");
  check("gitlab: a clean run passes the job", behaves.code === 0 && /verdict: clean/.test(behaves.output), behaves.output);
  const leaks = await job("leaks");
  check("gitlab: a leak fails the job", leaks.code !== 0 && leaks.output.includes("leak/orphan-after-parse-error"), leaks.output);
  const junit = execFileSync("find", [folder, "-name", "sioscope.xml"], { encoding: "utf8" }).trim().split("\n").filter(Boolean);
  check("gitlab: its JUnit report is kept", junit.some((file) => readFileSync(file, "utf8").includes("<failure")), junit.join("\n"));

  // Is the judge awake?
  const template = join(folder, "sioscope.gitlab-ci.yml");
  writeFileSync(template, readFileSync(template, "utf8").replace("when: always", "when: sometimes"));
  const wrong = await job("--list");
  check("gitlab: a wrong job is refused", wrong.code !== 0 && /artifacts.*when|on_success/.test(wrong.output), wrong.output);
  server.stop();
  rmSync(folder, { recursive: true });
}
