// tcpdump on the loopback: what went over the wire, told by somebody else.
import { statSync } from "node:fs";
import { exitCode, run } from "../../lab/parts/children.mjs";
import { within } from "../../lab/parts/until.mjs";

/** Why nothing can be captured here, or undefined. */
export async function lacks() {
  const child = run("tcpdump", ["-i", "lo", "-c", "1", "-d"], { stdio: "ignore" });
  const missing = new Promise((resolve) => child.once("error", () => resolve("tcpdump is not installed")));
  const refused = child.ended.then(() => (child.exitCode === 0 ? undefined : "tcpdump may not capture here"));
  return Promise.race([missing, refused]);
}

/** Captures until stop(). */
export async function startTcpdump(file, filter = "tcp") {
  // A buffer that no burst fills, and packets handed over as they come.
  const args = ["-i", "lo", "-s", "0", "-B", "65536", "-U", "--immediate-mode", "-w", file, filter];
  const child = run("tcpdump", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const listening = new Promise((resolve, reject) => {
    child.stderr.on("data", (bytes) => {
      said += bytes;
      if (said.includes("listening on")) resolve();
    });
    child.once("exit", () => reject(new Error(`tcpdump ended, saying: ${said.trim()}`)));
  });
  listening.catch(() => {});
  await within(10_000, "tcpdump listens", listening);
  return {
    /** Resolves with how many packets the kernel dropped. */
    async stop() {
      await quiet(file);
      child.kill("SIGINT");
      await exitCode(child, 10_000, "tcpdump ends");
      return Number(/(\d+) packets dropped by kernel/.exec(said)?.[1] ?? 0);
    },
  };
}

/** What was sent is written a moment later: waits until the file has stopped growing. */
async function quiet(file) {
  let size = -1;
  while (size !== statSync(file).size) {
    size = statSync(file).size;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Writes what of `from` a filter takes to `to`. */
export async function pick(from, to, filter) {
  const child = run("tcpdump", ["-r", from, "-w", to, filter], { stdio: "ignore" });
  const code = await exitCode(child, 60_000, "tcpdump has read its file");
  if (code !== 0) throw new Error(`tcpdump exits ${code} over ${from}`);
}
