// The disk is full: the traffic goes on, what could not be written is said, and no verdict calls itself clean.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, skip } from "../parts/claims.mjs";
import { Program } from "../parts/program.mjs";
import { Session, sleep } from "../parts/session.mjs";
import { Upstream } from "../parts/upstream.mjs";

export const name = "disk";

export async function run({ program: path }) {
  const folder = mkdtempSync(join(tmpdir(), "sioscope-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]).status === 0;
  if (!mounted) {
    rmSync(folder, { recursive: true });
    return skip("disk", "only root can mount a small one");
  }
  const upstream = await Upstream.start();
  const program = await Program.start(path, upstream.port, { args: ["--capture", `${folder}/traffic.pcapng`, "--findings", `${folder}/findings.ndjson`] });
  try {
    const sessions = Array.from({ length: 20 }, () => new Session(program.port));
    await Promise.all(sessions.map((one) => one.opened()));
    for (let i = 0; i < 100; i += 1) {
      for (const one of sessions) one.say();
      await sleep(10);
    }
    // Here the disk has been full for long.
    const echoed = await Promise.race([Promise.all(sessions.map((one) => one.answered())), sleep(30_000)]);
    check("disk: the traffic goes on", echoed?.every(Boolean), sessions.map((one) => `${one.state} ${one.heard} of ${one.said}`).join("\n"));
    check("disk: no byte is wrong", sessions.every((one) => !one.wrong) && (await upstream.tell()).wrong.length === 0);
    check("disk: the program lives", program.alive, program.output);
    const lost = await fetch(`${program.admin}/metrics`).then((answer) => answer.text());
    check("disk: what the capture lacks is counted", /sioscope_capture_records_total\{outcome="lost-on-disk"\} [1-9]/.test(lost), lost.match(/^sioscope_capture_records.*$/gm)?.join("\n"));
    for (const one of sessions) one.leave();
    await sleep(200);
    // The last byte that is free, so that the verdict's record finds none.
    for (let size = 65536; size >= 1; size /= 2)
      try {
        for (;;) appendFileSync(`${folder}/filler`, Buffer.alloc(size));
      } catch {} // Full, for pieces of that size.
    const code = await program.stop();
    check("disk: it is said that the disk was full", /No space left|the capture lacks/.test(program.output), program.output.slice(-1500));
    check("disk: with findings lost, no verdict is clean", code === 3, `${code}: ${program.output.slice(-1500)}`);
  } finally {
    program.child.kill("SIGKILL");
    upstream.child.kill("SIGKILL");
    await sleep(200);
    spawnSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}
