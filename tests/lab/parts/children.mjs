// Every process the lab starts, so that none outlives it: not after a failure, not after Ctrl-C.
// Each child leads a process group of its own, because `sioscope check` has a child too.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { within } from "./until.mjs";

const living = new Set();

function keep(child) {
  living.add(child);
  child.on("error", () => {}); // A child that cannot be started closes too; whoever cares listens as well.
  child.once("exit", () => killGroup(child)); // What the child started itself goes with it.
  child.ended = once(child, "close").then(() => living.delete(child));
  return child;
}

export const run = (command, args, options) => keep(spawn(command, args, { ...options, detached: true }));
export const runModule = (file, options) =>
  keep(fork(file, [], { ...options, detached: true, serialization: "advanced" }));

function killGroup(child) {
  if (child.pid === undefined) return; // It never started.
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already, which is what we want.
  }
}

/** Kills the child and everything it started; resolves once it is gone. */
export async function kill(child) {
  if (living.has(child)) killGroup(child);
  await child.ended;
}

/** Once it has ended and all it printed is read, the code a shell would show: 128 + n when signal n ended it. */
export async function exitCode(child, deadlineMs, what) {
  await within(deadlineMs, what, child.ended);
  return child.signalCode ? 128 + signalNumber(child.signalCode) : child.exitCode;
}

const signalNumber = (name) => ({ SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 })[name] ?? 0;

process.on("exit", () => living.forEach(killGroup));
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]])
  process.on(signal, () => process.exit(code));
