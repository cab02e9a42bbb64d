// The dashboard, the alerts and Prometheus' configuration, held against a program that runs: each query is one that
// Prometheus can read, over metrics and labels that are there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { check, root, run, skip, start, there, until } from "./parts.mjs";

const docker = `${root}docker/`;
const dashboard = () => JSON.parse(readFileSync(`${docker}grafana/dashboards/sioscope.json`, "utf8"));
const alerts = () => parse(readFileSync(`${docker}prometheus/alerts.yml`, "utf8")).groups.flatMap((group) => group.rules);

/** What Grafana puts in place of its variables. */
const filled = (expression) => expression.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*");
const queries = () => [...dashboard().panels.flatMap((panel) => panel.targets.map((one) => filled(one.expr))), ...alerts().map((one) => one.expr)];

/** A histogram's family. */
const family = (name) => name.replace(/_(bucket|sum|count)$/, "");

/** The labels of each metric of a Prometheus text; Prometheus itself adds `instance` and `job`. */
function metricsOf(text) {
  const labels = new Map();
  for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) labels.set(name, new Set(["instance", "job"]));
  for (const [, name, inside] of text.matchAll(/^([a-z_]+)\{([^}]*)\}/gm)) for (const [, label] of inside.matchAll(/([a-z_]+)="/g)) (labels.get(name) ?? labels.get(family(name)))?.add(label);
  return labels;
}

function shapeOf(board) {
  const ids = board.panels.map((panel) => panel.id);
  check("dashboard: each panel has an id of its own", new Set(ids).size === ids.length, ids.join(" "));
  for (const panel of board.panels) {
    const { x, y, w, h } = panel.gridPos;
    check(`dashboard: "${panel.title}" lies within the grid`, x + w <= 24, JSON.stringify(panel.gridPos));
    const over = board.panels.filter((one) => one !== panel && one.gridPos.x < x + w && x < one.gridPos.x + one.gridPos.w && one.gridPos.y < y + h && y < one.gridPos.y + one.gridPos.h);
    check(`dashboard: "${panel.title}" lies on no other`, over.length === 0, over.map((one) => one.title).join(", "));
  }
  const { datasources } = parse(readFileSync(`${docker}grafana/provisioning/datasources/prometheus.yaml`, "utf8"));
  const wanted = new Set(board.panels.flatMap((panel) => [panel.datasource.uid, ...panel.targets.map((one) => one.datasource.uid)]));
  check("dashboard: its data source is provisioned", [...wanted].every((uid) => datasources.some((one) => one.uid === uid)), [...wanted].join(" "));
  const { services } = parse(readFileSync(`${docker}compose.yaml`, "utf8"));
  const { providers } = parse(readFileSync(`${docker}grafana/provisioning/dashboards/sioscope.yaml`, "utf8"));
  const mounted = services.grafana.volumes.map((one) => one.split(":")[1]);
  check("dashboard: its folder is provisioned and mounted", mounted.includes(providers[0].options.path) && services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH.startsWith(providers[0].options.path), mounted.join(" "));
}

/** Every metric of a query is served, with the labels it is asked by. */
function known(query, metrics) {
  const names = (query.match(/\bsioscope_[a-z_]+/g) ?? []).map((name) => (metrics.has(name) ? name : family(name)));
  check(`"${query}" asks for what is served`, names.length > 0 && names.every((name) => metrics.has(name)), names.join(" "));
  const labels = new Set(names.flatMap((name) => [...(metrics.get(name) ?? [])]));
  const asked = [...query.matchAll(/([a-z_]+)=~?"/g), ...[...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list.split(/,\s*/).map((one) => [one, one]))].map(([, label]) => label);
  // What was dropped has a line, and its reason, only once something was.
  check(`"${query}" asks by labels that are served`, asked.every((label) => labels.has(label) || label === "reason"), asked.join(" "));
}

async function promtool(folder) {
  const config = await run("promtool", ["check", "config", `${docker}prometheus/prometheus.yml`]);
  check("promtool takes the configuration", config.code === 0, config.output);
  const tests = await run("promtool", ["test", "rules", "alerts_test.yml"], { cwd: `${docker}prometheus` });
  check("alerts: they fire when they should", tests.code === 0, tests.output);
  const rules = join(folder, "queries.yml");
  writeFileSync(rules, JSON.stringify({ groups: [{ name: "queries", rules: queries().map((expr, i) => ({ record: `query:${i}`, expr })) }] }));
  const syntax = await run("promtool", ["check", "rules", rules]);
  check("promtool takes every query", syntax.code === 0, syntax.output);
}

/** A real Prometheus with our configuration reads the program and answers every query. */
async function scraped(admin, folder) {
  const config = readFileSync(`${docker}prometheus/prometheus.yml`, "utf8").replace("sioscope:9100", admin.replace("http://", "")).replace("alerts.yml", `${docker}prometheus/alerts.yml`).replace("credentials_file: token", `credentials_file: ${docker}prometheus/token`).replace(/5s/g, "1s");
  writeFileSync(join(folder, "prometheus.yml"), config);
  const prometheus = start("prometheus", [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, "--web.listen-address=127.0.0.1:0"]);
  const port = await until(20, () => /msg="?Listening on"? address=\S*?:(\d+)/.exec(prometheus.output)?.[1] || prometheus.exitCode !== null);
  const ask = (query) => fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`).then((answer) => answer.json(), () => null);
  const up = await until(30, async () => (await ask("up == 1"))?.data?.result.length === 1);
  check("prometheus reads the program", up, prometheus.output.slice(-2000));
  for (const query of up ? queries() : []) {
    const answer = await ask(query);
    check(`prometheus answers "${query}"`, answer?.status === "success", JSON.stringify(answer));
  }
  const rows = up ? (await ask("count(sioscope_findings_total)"))?.data?.result[0]?.value[1] : 0;
  check("prometheus has a line for every rule", Number(rows) >= 38, rows);
  prometheus.kill("SIGTERM");
  await prometheus.ended;
}

export async function tryMetrics(program) {
  const folder = mkdtempSync(join(tmpdir(), "sioscope-metrics-"));
  const proxy = start(program, ["proxy", "--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:9", "--admin", "127.0.0.1:0", "--admin-token-file", `${docker}prometheus/token`]);
  try {
    const admin = await until(10, () => /admin on (http:\S+)/.exec(proxy.output)?.[1]);
    const metrics = metricsOf(await fetch(`${admin}/metrics`, { headers: { authorization: `Bearer ${readFileSync(`${docker}prometheus/token`, "utf8").trim()}` } }).then((answer) => answer.text()));
    shapeOf(dashboard());
    for (const query of new Set(queries())) known(query, metrics);

    const healthy = await run(program, ["health", admin]);
    check("health: a proxy that is ready", healthy.code === 0 && healthy.output === "ready\n", healthy.output);
    if (there("promtool")) await promtool(folder);
    else skip("Prometheus' configuration and alerts", "there is no promtool (Debian's package prometheus)");
    if (there("prometheus") && there("promtool")) await scraped(admin, folder);

    proxy.kill("SIGTERM");
    await proxy.ended;
    const gone = await run(program, ["health", admin]);
    check("health: a proxy that is gone", gone.code === 1 && /nobody answers/.test(gone.output), gone.output);
  } finally {
    proxy.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
