// The image and the compose set-ups, in a Docker engine: one that answers, else one that is started here, by root, with
// what it has in a folder of its own. Where no registry can be reached, debootstrap makes the base image.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, json, root, run, skip, start, there, until } from "./parts.mjs";

const kBase = "debian:bookworm-slim";
const kProject = "sioscope-test";
const environment = { ...process.env, PORT: "13001", ADMIN_PORT: "19100" };
const docker = (...args) => run("docker", args, { cwd: root, env: environment });

const answers = () => spawnSync("docker", ["info"], { env: environment, stdio: "ignore", timeout: 20_000 }).status === 0;

/** An engine of our own. Resolves with how to stop it, or with null. */
async function startEngine() {
  if (!there("dockerd") || process.getuid() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "sioscope-engine-"));
  environment.DOCKER_HOST = `unix://${folder}/socket`;
  const engine = start("dockerd", ["--host", environment.DOCKER_HOST, "--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`, "--pidfile", `${folder}/pid`]);
  const ready = await until(60, () => answers() || engine.exitCode !== null);
  const stop = async () => {
    engine.kill("SIGTERM");
    await engine.ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (ready && engine.exitCode === null) return stop;
  console.log(engine.output.slice(-2000));
  await stop();
  return null;
}

/** Debian's own way to its base system; what the registry calls bookworm-slim has less documentation in it. */
async function haveBase() {
  if ((await docker("image", "inspect", kBase)).code === 0) return true;
  const pulled = await docker("pull", kBase);
  if (pulled.code === 0) return true;
  if (!there("debootstrap") || process.getuid() !== 0) return skip("the image", `${kBase} cannot be pulled, and there is no debootstrap:\n${pulled.output}`);
  const folder = mkdtempSync(join(tmpdir(), "sioscope-base-"));
  console.log(`docker: no registry can be reached; debootstrap makes ${kBase}`);
  const made = await run("debootstrap", ["--variant=minbase", "bookworm", folder]);
  // A machine whose network reads TLS trusts somebody of its own; so must what is installed from there.
  await run("sh", ["-c", `mkdir -p ${folder}/usr/local/share && cp -r /usr/local/share/ca-certificates ${folder}/usr/local/share/`]);
  // As the official image has it: what apt keeps of its downloads would stay in every layer.
  await run("sh", ["-c", `printf '%s\n' 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };' 'Dir::Cache::pkgcache "";' 'Dir::Cache::srcpkgcache "";' >${folder}/etc/apt/apt.conf.d/docker-clean`]);
  const imported = made.code === 0 ? await run("sh", ["-c", `tar -C ${folder} --exclude=./var/cache/apt/archives/*.deb -c . | docker import - ${kBase}`], { env: environment }) : made;
  rmSync(folder, { recursive: true, force: true });
  check(`debootstrap makes ${kBase}`, imported.code === 0, imported.output.slice(-2000));
  return imported.code === 0;
}

function findCompose() {
  for (const [command, ...first] of [["docker", "compose"], ["docker-compose"]])
    if (spawnSync(command, [...first, "version"], { stdio: "ignore" }).status === 0)
      return (file, args, more) => run(command, [...first, "-p", kProject, "-f", `docker/${file}`, ...args], { cwd: root, env: { ...environment, ...more } });
  return null;
}

async function image() {
  const built = await docker("build", "-f", "docker/Dockerfile", "-t", "sioscope", "--build-arg", "COMMIT=c0ffeec0ffee", ".");
  check("the image builds", built.code === 0, built.output.slice(-4000));
  if (built.code !== 0) return false;

  const [about] = JSON.parse((await docker("image", "inspect", "sioscope")).output);
  const [base] = JSON.parse((await docker("image", "inspect", kBase)).output);
  const added = (about.Size - base.Size) / 1e6;
  console.log(`docker: the image adds ${added.toFixed(0)} MB to its base`);
  check("the image adds little to its base", added < 60, added);
  check("the image is nobody's", about.Config.User === "65534:65534", about.Config.User);
  check("the image has a health check", about.Config.Healthcheck?.Test.join(" ") === "CMD sioscope health", JSON.stringify(about.Config.Healthcheck));

  const version = await docker("run", "--rm", "--read-only", "--cap-drop", "ALL", "sioscope", "--version");
  check("it runs without rights or a place to write, and knows its commit", version.code === 0 && /^sioscope [\d.]+ \(c0ffeec0ffee\)\n$/.test(version.output), version.output);
  const demo = await docker("run", "--rm", "--read-only", "sioscope", "demo", "--no-color");
  check("the demo runs in it", demo.code === 0 && demo.output.includes("leak/orphan-after-parse-error"), demo.output.slice(-2000));
  return true;
}

const findings = () => json(`http://127.0.0.1:${environment.ADMIN_PORT}/api/findings`, { authorization: `Bearer ${readFileSync(`${root}docker/prometheus/token`, "utf8").trim()}` });

async function debugging(compose) {
  const up = await compose("compose.yaml", ["up", "-d", "--build"]);
  check("compose: it comes up", up.code === 0, up.output.slice(-4000));
  if (up.code !== 0) return void (await compose("compose.yaml", ["down", "-v"]));
  const id = (await compose("compose.yaml", ["ps", "-q", "sioscope"])).output.trim().split("\n").at(-1);
  const state = async () => JSON.parse((await docker("inspect", id)).output)[0].State;
  try {
    check("compose: sioscope is healthy", await until(30, async () => (await state()).Health?.Status === "healthy"), JSON.stringify(await state()));
    const page = await fetch(`http://127.0.0.1:${environment.PORT}/`).then((answer) => answer.text(), String);
    check("compose: the application is there, through sioscope", page.includes("<h1>News</h1>"), page);
    const leak = await until(60, async () => (await findings())?.find((one) => one.rule === "leak/orphan-after-parse-error" && !one.unproven));
    check("compose: the leak is found, and proven", leak?.severity === "error", (await compose("compose.yaml", ["logs"])).output.slice(-4000));
    const twice = await until(20, async () => (await findings())?.find((one) => one.rule === "duplicate/over-orphan"));
    check("compose: and so are its copies", twice?.event?.event === "news" || twice?.count > 0, JSON.stringify(twice));

    const began = Date.now();
    await docker("stop", "-t", "20", id);
    check("compose: it stops by itself", Date.now() - began < 15_000 && (await state()).ExitCode === 1, JSON.stringify(await state()));
    const log = (await docker("logs", id)).output;
    check("compose: its last words are the verdict", /sioscope verdict: findings: /.test(log), log.slice(-3000));
  } finally {
    await compose("compose.yaml", ["down", "-v"]);
  }
}

async function metricsProfile(compose) {
  const pulled = await compose("compose.yaml", ["--profile", "metrics", "pull", "prometheus", "grafana"]);
  if (pulled.code !== 0) return skip("Prometheus and Grafana in containers", "their images cannot be pulled here");
  try {
    const up = await compose("compose.yaml", ["--profile", "metrics", "up", "-d", "--build"]);
    check("compose: the profile comes up", up.code === 0, up.output.slice(-4000));
    const board = await until(90, () => json("http://127.0.0.1:3002/api/dashboards/uid/sioscope").then((answer) => answer?.dashboard));
    check("compose: Grafana has the dashboard", board?.title === "sioscope", JSON.stringify(board));
    const target = await until(60, async () => (await json("http://127.0.0.1:9090/api/v1/targets"))?.data.activeTargets.find((one) => one.health === "up"));
    check("compose: Prometheus reads sioscope", target?.labels.job === "sioscope", JSON.stringify(target));
  } finally {
    await compose("compose.yaml", ["--profile", "metrics", "down", "-v"]);
  }
}

async function job(compose, client, code) {
  const folder = mkdtempSync(join(tmpdir(), "sioscope-job-"));
  try {
    const up = await compose("compose.ci.yaml", ["up", "--build", "--exit-code-from", "check"], { CLIENT: client });
    check(`compose.ci: with ${client} the job exits with ${code}`, up.code === code, up.output.slice(-4000));
    const id = (await compose("compose.ci.yaml", ["ps", "-a", "-q", "check"])).output.trim().split("\n").at(-1) || `${kProject}_check_1`;
    await docker("cp", `${id}:/reports/sioscope.xml`, folder);
    const report = readFileSync(join(folder, "sioscope.xml"), "utf8");
    const leaked = /<testcase [^>]*name="leak\/orphan-after-parse-error"[^>]*>\s*<failure/.test(report);
    check(`compose.ci: with ${client} the report says so`, leaked === (code === 1), report.slice(0, 3000));
  } catch (error) {
    check(`compose.ci: with ${client} there is a report`, false, error.message);
  } finally {
    await compose("compose.ci.yaml", ["down", "-v"]);
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function tryEngine() {
  const what = "the image and the compose set-ups";
  if (!there("docker")) return skip(what, "there is no docker");
  const stop = answers() ? async () => {} : await startEngine();
  if (!stop) return skip(what, "no Docker engine answers, and none can be started here");
  try {
    if (!(await haveBase()) || !(await image())) return;
    const compose = findCompose();
    if (!compose) return skip("the compose set-ups", "there is no docker compose");
    await debugging(compose);
    await metricsProfile(compose);
    await job(compose, "leaky-client", 1);
    await job(compose, "socket.io-client", 0);
  } finally {
    await stop();
  }
}
