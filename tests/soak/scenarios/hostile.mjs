// Input of people who mean it badly (parts/attacks.mjs has each kind), and beside it sessions that behave: these must go on,
// and the memory stay bounded.
import { attacks } from "../parts/attacks.mjs";
import { Program } from "../parts/program.mjs";
import { Siege } from "../parts/siege.mjs";
import { Upstream } from "../parts/upstream.mjs";

export const name = "hostile";

export async function run({ program: path, short }) {
  const upstream = await Upstream.start();
  const program = await Program.start(path, upstream.port);
  const siege = await Siege.begin({ name, program, upstream, attacker: new URL("../parts/attacks.mjs", import.meta.url) });
  for (const what of Object.keys(attacks)) if (!(await siege.attack(what, short ? 1 : 10))) return;
  await siege.end();
  await program.stop();
  upstream.child.kill("SIGKILL");
}
