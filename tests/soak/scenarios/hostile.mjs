// Input of people who mean it badly (parts/attacks.mjs has each kind), and beside it sessions that behave: these must go on,
// and the memory stay bounded.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { attacks } from "../parts/attacks.mjs";
import { check, note } from "../parts/claims.mjs";
import { Program } from "../parts/program.mjs";
import { Session, sleep } from "../parts/session.mjs";
import { Upstream } from "../parts/upstream.mjs";

export const name = "hostile";

export async function run({ program: path, short }) {
  const n = short ? 1 : 10;
  const upstream = await Upstream.start();
  const program = await Program.start(path, upstream.port);
  const good = Array.from({ length: 10 }, () => new Session(program.port));
  await Promise.all(good.map((one) => one.opened()));
  await sleep(300);
  let talking = true;
  const talk = (async () => {
    for (; talking; await sleep(50)) for (const one of good) one.say();
  })();

  const attacker = fork(fileURLToPath(new URL("../parts/attacks.mjs", import.meta.url)));
  for (const what of Object.keys(attacks)) {
    for (const one of good) one.longest = 0;
    const before = good.map((one) => one.heard);
    attacker.send({ port: program.port, what, n });
    await once(attacker, "message");
    await sleep(200);
    const heard = await Promise.race([Promise.all(good.map((one, i) => one.until(() => one.heard > before[i]))), sleep(20_000)]);
    check(`hostile: during ${what} those who behave go on`, heard?.every(Boolean), good.map((one) => `${one.state} ${one.how}`).join("\n"));
    note(`hostile: ${what}`, `longest echo ${Math.max(...good.map((one) => one.longest)).toFixed(0)} ms, memory ${program.memory.toFixed(0)} MB`);
    if (!check(`hostile: the program outlives ${what}`, program.alive, program.output.slice(-2000))) return;
  }
  attacker.kill("SIGKILL");
  talking = false;
  await talk;
  await Promise.race([Promise.all(good.map((one) => one.answered())), sleep(20_000)]);
  check("hostile: no byte of theirs is wrong or missing", good.every((one) => one.alive && !one.wrong && one.heard === one.said), good.map((one) => `${one.state} ${one.heard} of ${one.said} ${one.wrong}`).join("\n"));
  const most = Math.max(...program.samples.map((one) => one.memory));
  note("hostile: most memory, MB", most.toFixed(0));
  check("hostile: memory stays bounded", most < 400, most);
  for (const one of good) one.leave();
  for (let i = 0; i < 100 && (await program.metric("sioscope_connections_active")) > 0; i += 1) await sleep(50);
  check("hostile: nobody stays behind", (await program.metric("sioscope_connections_active")) === 0);
  await program.stop();
  upstream.child.kill("SIGKILL");
}
