// What went over the loopback, told by somebody else: tcpdump (pcap, microseconds) and dumpcap (pcapng, with the end of
// the capture), and Wireshark's tools that cut captures up and put them together.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { exitCode, run } from "../../lab/parts/children.mjs";
import { within } from "../../lab/parts/until.mjs";

export const has = (program) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Why `program` cannot capture here, or undefined. */
export function cannotCapture(program) {
  if (!has(program)) return `there is no ${program}`;
  allowed[program] ??= spawnSync(program, ["-i", "lo", "-d", ...(program === "dumpcap" ? ["-f", "tcp"] : [])]).status === 0;
  return allowed[program] ? undefined : `${program} may not capture here`;
}
const allowed = {};

// A buffer that no burst fills, and packets handed over as they come.
const kCapturers = {
  tcpdump: (file, filter, device) => ["-i", device, "-s", "0", "-B", "65536", "-U", "--immediate-mode", "-w", file, filter],
  dumpcap: (file, filter, device) => ["-i", device, "-s", "0", "-B", "64", "-w", file, "-f", filter],
};
const kStarted = /listening on|Capturing on [^]*File: /;

/** Captures until stop(). */
export async function startCapture(file, { by = "dumpcap", filter = "tcp", device = "lo" } = {}) {
  const child = run(by, kCapturers[by](file, filter, device), { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const listening = new Promise((resolve, reject) => {
    child.stderr.on("data", (bytes) => {
      said += bytes;
      if (kStarted.test(said)) resolve();
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${by} ended, saying: ${said.trim()}`)));
  });
  listening.catch(() => {});
  await within(10_000, `${by} captures`, listening);
  return {
    /** Resolves with how many packets it lost. */
    async stop() {
      await quiet(file);
      child.kill("SIGINT");
      await exitCode(child, 10_000, `${by} ends`);
      return Number(/(\d+) packets dropped by kernel/.exec(said)?.[1] ?? /dropped[^]*?: \d+\/(\d+)/.exec(said)?.[1] ?? 0);
    },
  };
}

/** What was sent is written a moment later: waits until the file has stopped growing. */
async function quiet(file) {
  let size = -1;
  while (size !== statSync(file).size) {
    size = statSync(file).size;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Runs one of the tools to its end. */
export async function tool(program, ...args) {
  const child = run(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));
  const code = await exitCode(child, 60_000, `${program} ends`);
  if (code !== 0) throw new Error(`${program} exits ${code}, saying: ${said.trim()}`);
}
