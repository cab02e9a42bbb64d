// TLS of people who mean it badly (parts/tls_attacks.mjs has each kind), and beside it sessions over TLS that behave: these must
// go on, the memory stay bounded, and no handshake that failed count as anything but that.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "../../tls/certificates.mjs";
import { check, note } from "../parts/claims.mjs";
import { Program } from "../parts/program.mjs";
import { sleep } from "../parts/session.mjs";
import { Siege } from "../parts/siege.mjs";
import { attacks } from "../parts/tls_attacks.mjs";
import { Upstream } from "../parts/upstream.mjs";

export const name = "tls";

const kAttacker = new URL("../parts/tls_attacks.mjs", import.meta.url);
const kUnending = "hellos that never end";

export async function run({ program: path, short }) {
  const n = short ? 1 : 20;
  const folder = mkdtempSync(join(tmpdir(), "sioscope-soak-tls-"));
  const authority = new Authority(folder, "soak");
  const own = authority.issue("own", "DNS:app.example,IP:127.0.0.1");
  const upstream = await Upstream.start();
  const program = await Program.start(path, upstream.port, { args: ["--tls-cert", own.files.both] });
  rmSync(folder, { recursive: true });
  const idle = program.descriptors;
  const siege = await Siege.begin({ name, program, upstream, attacker: kAttacker, client: { tls: { ca: [authority.pem], servername: "app.example" } } });
  const good = program.descriptors - idle;

  // These take their time, beside all others.
  const patient = fork(kAttacker);
  patient.send({ port: program.port, what: kUnending, n: short ? 1 : 10 });
  const borne = Promise.race([once(patient, "message").then(([{ told }]) => told), sleep(150_000)]);
  for (const what of Object.keys(attacks)) if (what !== kUnending && !(await siege.attack(what, n))) return;
  const { opened, closed, longest } = (await borne) ?? {};
  check(`tls: of ${kUnending}, each is ended`, opened > 0 && closed === opened, `${closed} of ${opened}`);
  note(`tls: ${kUnending}`, `${opened}, borne with for ${(longest / 1000).toFixed(1)} s`);
  patient.kill("SIGKILL");

  for (let i = 0; i < 200 && program.descriptors > idle + good; i += 1) await sleep(50);
  check("tls: descriptors come back", program.descriptors <= idle + good, `${program.descriptors}, with ${idle} and ${good} for those who behave`);
  const handshakes = Object.fromEntries([...(await program.metrics()).matchAll(/^sioscope_tls_handshakes_total\{side="client",result="(.*)"\} (\d+)$/gm)].map(([, result, count]) => [result, Number(count)]));
  note("tls: handshakes", JSON.stringify(handshakes));
  check("tls: what failed is counted", handshakes.failed >= 1000 * n, JSON.stringify(handshakes));
  check("tls: ... and told of, but not each time", program.output.split("its connection is closed").length > 1 && program.output.length < 100_000, program.output.slice(-2000));
  await siege.end();
  const code = await program.stop();
  check("tls: the verdict rests on those who behave, and is clean", code === 0 && /resting on 10 sessions/.test(program.output), `${code}: ${program.output.slice(-1000)}`);
  upstream.child.kill("SIGKILL");
}
