// A crowd of sessions that talk, come and go, while upstream is stopped, killed, restarted, reset and slowed, and clients
// abort, stall and half-close. Nobody's bytes may be lost, and no session may end that nobody ended.
import { check, note } from "../parts/claims.mjs";
import { Program, median } from "../parts/program.mjs";
import { Session, sleep } from "../parts/session.mjs";
import { Upstream } from "../parts/upstream.mjs";

export const name = "crowd";

/** Sessions that ended are remembered for two minutes, up to 20,000 of them (core/limits.hpp): memory is flat when as many are
 * forgotten as end. In ms, with some to spare. */
const kRemembered = 150_000;
/** Rounds to compare then, the first of them with the last. */
const kSettledRounds = 6;
/** The threads of the admin server are 36 (proxy/admin/admin.cpp), answer in turn, and may each keep some of what its first answers
 * took: asked once a round, they would do so for as many rounds. */
const kAdminAsked = 40;

/** Ends that the server's process and the kernel may see of a session, by who ended it. */
const byServer = (one, upstream) => /^we /.test(upstream.ended.get(one.id)?.how ?? "");

class Crowd {
  all = [];
  gone = [];
  constructor(port, size) {
    Object.assign(this, { port, size });
  }
  get alive() {
    return this.all.filter((one) => one.alive);
  }
  some(count) {
    return this.alive.filter((one) => one.ready && !one.excused).sort(() => Math.random() - 0.5).slice(0, count);
  }
  /** As many as there are to be. */
  fill(atOnce = 200) {
    this.gone.push(...this.all.filter((one) => !one.alive));
    this.all = this.alive;
    for (let i = 0; i < atOnce && this.all.length < this.size; i += 1) this.all.push(new Session(this.port));
  }
  talk(share) {
    for (const one of this.all) if (Math.random() < share) one.say();
  }
  excuse(why) {
    for (const one of this.alive) one.excused ??= why;
  }
  get everybody() {
    return [...this.gone, ...this.all];
  }
}

/** Faults, one after the other, each with time to recover. `await crowd.pass(seconds)` lets the crowd talk meanwhile. */
function faults(crowd, upstream) {
  return {
    "clients abort": async () => crowd.some(crowd.size / 20).forEach((one) => one.abort()),
    "clients half-close": async () => crowd.some(crowd.size / 20).forEach((one) => one.halfClose()),
    "clients stall": async () => crowd.some(crowd.size / 10).forEach((one) => one.stall(1500)),
    "clients leave": async () => crowd.some(crowd.size / 10).forEach((one) => one.leave()),
    "the server resets": async () => upstream.order({ do: "reset", count: crowd.size / 20 }),
    "the server ends": async () => upstream.order({ do: "end", count: crowd.size / 20 }),
    "the server is slow": async () => {
      upstream.order({ do: "slow", ms: 20 });
      await crowd.pass(2);
      upstream.order({ do: "slow", ms: 0 });
    },
    "the server is stopped": async () => {
      upstream.signal("SIGSTOP");
      await crowd.pass(3);
      upstream.signal("SIGCONT");
    },
    "the server is killed, and restarted": async () => {
      crowd.excuse("the server was killed");
      crowd.serverDown = true;
      await upstream.kill();
      await crowd.pass(1);
      crowd.excuse("the server was killed");
      await upstream.restart();
      crowd.serverDown = false;
    },
  };
}

export async function run({ program: path, short }) {
  const size = short ? 300 : 2500;
  const upstream = await Upstream.start();
  const program = await Program.start(path, upstream.port);
  const crowd = new Crowd(program.port, size);
  const all = faults(crowd, upstream);
  crowd.pass = async (seconds) => {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
      crowd.fill();
      crowd.talk(0.1);
    }
  };
  await crowd.pass(short ? 2 : 5);
  const marks = [];
  const began = Date.now();
  const settled = () => marks.filter((mark) => mark.began - began >= kRemembered);
  const enough = () => (short ? marks.length >= 1 : settled().length >= kSettledRounds);
  while (!enough()) {
    const roundBegan = Date.now();
    const from = program.samples.length;
    for (const fault of Object.values(all)) {
      await fault();
      await crowd.pass(short ? 0.7 : 1.5);
    }
    // Between rounds all is well for a while: what was said is answered, and what is left to be measured is idle.
    let numbers = "";
    for (let i = 0; i < kAdminAsked; i += 1) numbers = await program.metrics();
    const ended = [...numbers.matchAll(/^sioscope_sessions_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    marks.push({ began: roundBegan, ended, memory: median(program.samples.slice(from).map((one) => one.memory)) });
  }

  // Everything that was said by those who are still there must be answered.
  const opened = await Promise.race([Promise.all(crowd.alive.map((one) => one.opened())).then(() => true), sleep(30_000)]);
  check("crowd: whoever connects gets in, or is told", opened, crowd.alive.filter((one) => !one.ready).slice(0, 5).map((one) => `${one.id}: ${one.state} ${one.excused}`).join("\n"));
  const answered = await Promise.race([Promise.all(crowd.alive.map((one) => one.answered())).then(() => true), sleep(30_000)]);
  check("crowd: what was said is answered", answered, `${crowd.alive.filter((one) => one.heard < one.said).length} wait`);

  const living = crowd.alive.length;
  const { sessions, wrong } = await upstream.tell();
  check("crowd: no byte is wrong at the server", wrong.length === 0, wrong.slice(0, 5).join("\n"));
  const astray = crowd.everybody.filter((one) => one.wrong);
  check("crowd: no byte is wrong at a client", astray.length === 0, astray.slice(0, 5).map((one) => one.wrong).join("\n"));
  const lost = crowd.everybody.filter((one) => !one.alive && one.state === "ended" && !one.excused && !byServer(one, upstream));
  check("crowd: no session ended that nobody ended", lost.length === 0, lost.slice(0, 5).map((one) => `${one.id}: ${one.how}; at the server: ${upstream.ended.get(one.id)?.how}`).join("\n"));
  const deaf = crowd.everybody.filter((one) => one.halfClosed && !one.alive && !one.stopped && one.heard !== one.said && one.excused === "we half-close" && !byServer(one, upstream));
  check("crowd: who half-closes still hears all its answers", deaf.length === 0, deaf.slice(0, 5).map((one) => `${one.id}: ${one.heard} of ${one.said}, ${one.how}`).join("\n"));
  check("crowd: both ends know the same sessions", sessions === living, `${sessions} at the server, ${living} clients`);
  const said = crowd.everybody.reduce((sum, one) => sum + one.said, 0);
  note("crowd: sessions, messages", `${crowd.everybody.length}, ${said}`);

  note("crowd: memory, MB, by round", marks.map((one) => one.memory.toFixed(1)).join(" "));
  note("crowd: sessions that had ended, by round", marks.map((one) => one.ended).join(" "));
  if (!short) {
    const windows = settled().map((one) => one.memory);
    const [early, late] = [median(windows.slice(0, 3)), median(windows.slice(-3))];
    check("crowd: memory is flat", late <= early * 1.1 + 4, `${early.toFixed(1)} MB, later ${late.toFixed(1)}`);
  }
  check("crowd: the program lives", program.alive, program.output);
  crowd.excuse("the end");
  for (const one of crowd.all) one.leave();
  for (let i = 0; i < 200 && program.descriptors > 60; i += 1) await sleep(50);
  check("crowd: no descriptor stays behind", (await program.metric("sioscope_connections_active")) === 0, `${program.descriptors} descriptors, ${await program.metric("sioscope_connections_active")} connections`);
  // A stall may make a storm, or break a heartbeat. But nobody here repeats himself, says what cannot be read, or is left behind.
  const unjust = /^(duplicate|protocol)\/|^leak\/(no-namespace|orphan-after-parse-error)$/;
  const accused = [...(await program.metrics()).matchAll(/^sioscope_findings_total\{.*rule="([^"]+)".*\} ([1-9]\d*)$/gm)].filter(([, rule]) => unjust.test(rule));
  check("crowd: nobody is accused of what he did not do", accused.length === 0, accused.map(([line]) => line).join("\n"));
  const code = await program.stop();
  check("crowd: the verdict comes", [0, 1, 3].includes(code) && /resting on/.test(program.output), `${code}: ${program.output.slice(-1000)}`);
  upstream.child.kill("SIGKILL");
}
