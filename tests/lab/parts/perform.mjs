// One scenario from its first process to its last.
import { openSync, closeSync } from "node:fs";
import { join } from "node:path";
import { kill, exitCode, run } from "./children.mjs";
import { readFindings } from "./findings.mjs";
import { judgeFindings, judgeTruth } from "./judge.mjs";
import { openLog } from "./log.mjs";
import { startCheck, startProxy } from "./program.mjs";
import { Proxy } from "./proxy.mjs";
import { judgeRecording, recordingArgs } from "./recorded.mjs";
import { Relay } from "./relay.mjs";
import { score } from "./score.mjs";
import { LabServer } from "./server.mjs";
import { Tab } from "./tab.mjs";
import { tellTruth } from "./truth.mjs";
import { within } from "./until.mjs";

/** Resolves with `{ complaints, truth, said }`; never rejects, and leaves nothing running. */
export async function perform(scenario, { program, folder, recorded }) {
  const stage = new Stage(scenario, program, folder, recorded);
  const play = scenario.check ? stage.check() : stage.play();
  try {
    await within(100_000, "the scenario ends", play);
  } catch (error) {
    stage.complaints.unshift(error.message);
  } finally {
    await stage.clear();
  }
  return stage;
}

class Stage {
  complaints = [];
  #scenario;
  #program;
  #folder;
  #recorded;
  #server;
  #serverLog;
  #door; // Where clients knock: sioscope, or with --direct the server itself.
  #tabs = [];
  #between = [];
  #children = [];
  #logs = [];

  constructor(scenario, program, folder, recorded) {
    this.#scenario = scenario;
    this.#program = program;
    this.#folder = folder;
    this.#recorded = recorded;
  }

  /** Clients play through `sioscope proxy`; then the server's truth and the findings are compared. */
  async play() {
    const { reveal, path } = this.#scenario;
    const args = this.#recording(this.#scenario.args);
    await this.#startServer();
    this.#door = this.#program
      ? await startProxy({ program: this.#program, upstream: this.#server.url, folder: this.#folder, reveal, path, args })
      : { url: this.#server.url };
    const tab = (options) => this.#openTab(options);
    const relay = (options) => this.#putBetween(Relay, options);
    const proxy = (options) => this.#putBetween(Proxy, options);
    await this.#scenario.play({ ...this.#scenario, server: this.#server, url: this.#door.url, tab, relay, proxy });
    await this.#server.pulse(); // What is open now is alive: no truth rests on a session about to be found dead.

    const families = this.#tabs.map((one) => one.sessions.map(({ sid }) => sid));
    this.truth = tellTruth(this.#server, families, (session) => session.open);
    this.complaints.push(...judgeTruth(this.truth, this.#scenario.claims));
    if (!this.#program) return;

    const code = await this.#door.stop();
    this.said = readFindings(this.#door.findingsFile);
    this.#judge();
    // A malformed packet, or another fault that the scenario claims, is an error and certain, which is what --fail-on
    // asks for unless told otherwise; and nobody may call clean what went unobserved.
    const rightly = this.truth.poison || this.#scenario.claims.faulty ? 1 : this.truth.unread ? 3 : 0;
    if (code !== rightly) this.complaints.push(`sioscope proxy exits ${code}, not ${rightly}`);
    if (this.said.verdict?.own_exit !== code) this.complaints.push(`own_exit is ${this.said.verdict?.own_exit}, not ${code}`);
    this.complaints.push(...this.#leaks());
    await this.#judgeRecording(this.#scenario);
  }

  /** A test program runs under `sioscope check`; then the exit code and the verdict are compared too. */
  async check() {
    const { check, claims } = this.#scenario;
    await this.#startServer();
    const settings = { upstream: this.#server.url, folder: this.#folder, command: check.command, env: check.env };
    const code = this.#program
      ? await (this.#door = startCheck({ ...settings, program: this.#program, args: this.#recording(check.args) })).ended()
      : await this.#runDirectly(check);

    const family = [...this.#server.sessions.keys()]; // The test program is one client.
    // When the program is gone all is closed. Whoever closes properly does so before the successor comes.
    this.truth = tellTruth(this.#server, [family], (session, next) => session.closedAt > next.openedAt + 500);
    this.complaints.push(...judgeTruth(this.truth, claims));
    const rightly = this.#program ? check.exit : check.childExit;
    if (code !== rightly) this.complaints.push(`exits ${code}, not ${rightly}`);
    if (!this.#program || check.childExit === undefined) return;

    this.said = readFindings(this.#door.findingsFile);
    const { verdict } = this.said;
    this.#judge();
    if (verdict?.result !== check.result) this.complaints.push(`the verdict is "${verdict?.result}", not "${check.result}"`);
    if (verdict?.child_exit !== check.childExit) this.complaints.push(`child_exit is ${verdict?.child_exit}, not ${check.childExit}`);
    if (verdict?.own_exit !== (check.ownExit ?? check.exit)) this.complaints.push(`own_exit is ${verdict?.own_exit}`);
    this.complaints.push(...(check.judge?.(this.said) ?? []));
    await this.#judgeRecording({ ...this.#scenario, args: check.args, reveal: true });
  }

  #recording = (args = []) => [...args, ...(this.#recorded && this.#program ? recordingArgs(this.#folder) : [])];

  async #judgeRecording(scenario) {
    if (!this.#recorded) return;
    const { findingsFile } = this.#door;
    this.complaints.push(...(await judgeRecording({ ...scenario, program: this.#program, folder: this.#folder, findingsFile })));
  }

  #judge() {
    const expect = { quotes: this.#server.parser.quotes, ...this.#scenario.expect };
    this.complaints.push(...judgeFindings(this.truth, this.said, expect, this.#scenario));
    this.score = score(this.truth, this.said, expect, this.#scenario);
  }

  async clear() {
    await Promise.allSettled([
      ...this.#tabs.map((tab) => tab.kill()),
      ...this.#children.map(kill),
      this.#door?.kill?.(),
    ]);
    for (const between of this.#between) between.close();
    if (this.#server?.http.listening) await this.#server.stop();
    this.#serverLog?.end();
    for (const log of this.#logs) closeSync(log);
  }

  async #startServer() {
    const { generation, parser, serve, options, path } = this.#scenario;
    const log = openLog(join(this.#folder, "server.log"));
    this.#serverLog = log;
    this.#server = new LabServer({ generation, parser, options: { ...options, ...(path && { path }) }, serve, log });
    await this.#server.start();
  }

  #openTab({ through = this.#door, ...options } = {}) {
    const { version, transport, path, parser, quirk } = this.#scenario;
    const log = openSync(join(this.#folder, `client-${this.#tabs.length + 1}.log`), "w");
    this.#logs.push(log);
    const tab = new Tab({ version, transport, path, parser, quirk, url: through.url, log, ...options });
    this.#tabs.push(tab);
    return tab;
  }

  /** Something between clients and sioscope; a tab goes `through` it. */
  async #putBetween(Kind, options) {
    const between = await Kind.start(this.#door.url, options);
    this.#between.push(between);
    return between;
  }

  async #runDirectly({ command, env, urlIn = "SIOSCOPE_URL", childExit }) {
    if (childExit === undefined) return undefined; // There is nothing to run.
    const [program, ...args] = command;
    const log = openSync(join(this.#folder, "child.log"), "w");
    this.#logs.push(log);
    const child = run(program, args, {
      stdio: ["ignore", log, log],
      env: { ...process.env, ...env, [urlIn]: this.#server.url },
    });
    this.#children.push(child);
    return exitCode(child, 60_000, "the test program ends");
  }

  /** What must not be readable anywhere in what sioscope wrote. */
  #leaks() {
    const sids = this.#scenario.reveal === false ? [...this.#server.sessions.keys()] : [];
    const written = this.said.text + this.#door.output;
    return [...sids, ...(this.#scenario.secrets ?? [])]
      .filter((secret) => written.includes(secret))
      .map((secret) => `"${secret}" is a secret and was written out`);
  }
}
