// SIGTERM: no new connections, those that are there go on for as long as --drain says, nothing is injected, and the verdict
// comes.
import { check, note } from "../parts/claims.mjs";
import { Program } from "../parts/program.mjs";
import { Session, sleep } from "../parts/session.mjs";
import { Upstream } from "../parts/upstream.mjs";

export const name = "drain";

async function drained(path, count, { drain, leave }) {
  const upstream = await Upstream.start();
  const program = await Program.start(path, upstream.port, { args: ["--drain", drain] });
  const sessions = Array.from({ length: count }, () => new Session(program.port));
  await Promise.all(sessions.map((one) => one.opened()));
  const what = `drain of ${drain}, clients ${leave ? "leave" : "stay"}`;

  const began = Date.now();
  const exit = program.stop();
  await sleep(200);
  const ready = await fetch(`${program.admin}/readyz`).then((answer) => answer.status, () => "gone");
  check(`${what}: it is not ready any more`, ready === 503, ready);
  const late = new Session(program.port);
  check(`${what}: nobody new is let in`, !(await Promise.race([late.opened(), sleep(1000)])), late.state);
  for (let i = 0; i < 10; i += 1) {
    for (const one of sessions) one.say();
    await sleep(30);
  }
  const echoed = await Promise.race([Promise.all(sessions.map((one) => one.answered())), sleep(10_000)]);
  check(`${what}: who is there goes on`, echoed?.every(Boolean), sessions.slice(0, 3).map((one) => `${one.state} ${one.heard} of ${one.said}`).join("\n"));
  if (leave) for (const one of sessions) one.leave();

  const code = await exit;
  note(`${what}: it took`, `${((Date.now() - began) / 1000).toFixed(1)} s`);
  check(`${what}: the verdict comes`, [0, 3].includes(code) && /resting on/.test(program.output), `${code}: ${program.output.slice(-800)}`);
  await sleep(100);
  // What an intruder's bytes would show: a frame of ours in the middle of theirs, or a message that nobody sent.
  check(`${what}: nothing was injected`, sessions.every((one) => !one.wrong) && (await upstream.tell()).wrong.length === 0, sessions.find((one) => one.wrong)?.wrong);
  check(`${what}: every connection is over`, sessions.every((one) => one.state === "ended"), sessions.filter((one) => one.alive).length);
  upstream.child.kill("SIGKILL");
}

export async function run({ program, short }) {
  await drained(program, short ? 100 : 1000, { drain: "30s", leave: true });
  await drained(program, short ? 100 : 1000, { drain: "3s", leave: false });
}
