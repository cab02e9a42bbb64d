// Descriptors run out. Sessions that are there go on, nobody spins, and when some leave, others may come.
import { check, note, skip } from "../parts/claims.mjs";
import { Program } from "../parts/program.mjs";
import { Session, sleep } from "../parts/session.mjs";
import { Upstream } from "../parts/upstream.mjs";
import { spawnSync } from "node:child_process";

export const name = "descriptors";

export async function run({ program: path }) {
  if (spawnSync("prlimit", ["--version"]).status !== 0) return skip("descriptors", "there is no prlimit (util-linux)");
  const upstream = await Upstream.start();
  const program = await Program.start(path, upstream.port, { before: ["prlimit", "--nofile=128:128"], args: ["--threads", "2"] });
  const first = Array.from({ length: 20 }, () => new Session(program.port));
  await Promise.all(first.map((one) => one.opened()));

  const rest = Array.from({ length: 200 }, () => new Session(program.port));
  await sleep(1000);
  const busy = program.busy;
  await sleep(2000);
  note("descriptors: processor time while they are out, of 2 s", `${((program.busy - busy) * 1000).toFixed(0)} ms`);
  check("descriptors: nobody spins while they are out", program.busy - busy < 1, `${program.busy - busy} s of 2`);

  for (let i = 0; i < 10; i += 1) {
    for (const one of first) one.say();
    await sleep(20);
  }
  const echoed = await Promise.race([Promise.all(first.map((one) => one.answered())), sleep(20_000)]);
  check("descriptors: who was there goes on", echoed?.every(Boolean), first.filter((one) => one.heard !== one.said).map((one) => `${one.id}: ${one.state} ${one.how}`).join("\n"));
  check("descriptors: the program lives", program.alive, program.output);

  // Some never came in; when everybody leaves there must be room again, for all.
  for (const one of [...first, ...rest]) one.leave();
  await sleep(500);
  for (const one of rest) if (one.alive) one.abort();
  const late = Array.from({ length: 20 }, () => new Session(program.port));
  const came = await Promise.race([Promise.all(late.map((one) => one.opened())), sleep(20_000)]);
  check("descriptors: when some leave, others may come", came?.every(Boolean), late.map((one) => `${one.state} ${one.status} ${one.how}`).join("\n") + program.output.slice(-1000));
  check("descriptors: it is said", /descriptor|too many open files/i.test(program.output), program.output.slice(-1000));
  for (const one of late) one.leave();
  await program.stop();
  upstream.child.kill("SIGKILL");
}
