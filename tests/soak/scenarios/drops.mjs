// A network that loses packets: the transparency test, in a network namespace whose loopback drops some of what passes. Every
// byte arrives all the same, and every ending.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { check, note, skip } from "../parts/claims.mjs";

export const name = "drops";

const kSpace = `sioscope-soak-${process.pid}`;
const ip = (...args) => spawnSync("ip", args, { encoding: "utf8" });

export async function run({ program, transparency, short }) {
  if (!transparency || !existsSync(transparency)) return skip("drops", "there is no transparency test; build it, or name it with --transparency");
  if (spawnSync("nft", ["--version"]).status !== 0) return skip("drops", "there is no nft (Debian's package nftables)");
  const made = ip("netns", "add", kSpace);
  if (made.status !== 0) return skip("drops", `no network namespace can be made: ${made.stderr ?? made.error}`);
  try {
    // But for resets, which nobody sends again: who is idle never learns of one that is lost.
    const inside = (...command) => ip("netns", "exec", kSpace, ...command);
    ip("-n", kSpace, "link", "set", "lo", "up");
    const lossy = inside("nft", "table inet soak { chain input { type filter hook input priority 0; tcp flags & rst == 0 numgen random mod 100 < 2 drop; }; }");
    if (lossy.status !== 0) return skip("drops", `nft cannot drop packets here: ${lossy.stderr}`);
    const ran = inside(transparency, "--program", program, "--megabytes", short ? "5" : "100");
    check("drops: every byte and every ending arrive all the same", ran.status === 0, `${ran.stdout}${ran.stderr}`.slice(-3000));
    note("drops", ran.stdout.trim().split("\n").at(-1));
  } finally {
    ip("netns", "del", kSpace);
  }
}
