// The program under test, and what the system says of it.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { sleep } from "./session.mjs";

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class Program {
  output = "";
  samples = [];

  /** Starts `sioscope proxy` in front of a port, behind `before`, as in ["prlimit", "--nofile=100"]. `scheme`: the upstream's. */
  static async start(path, upstream, { args = [], before = [], scheme = "http" } = {}) {
    const program = new Program();
    const [command, ...rest] = [...before, path, "proxy", "--listen", "127.0.0.1:0", "--upstream", `${scheme}://127.0.0.1:${upstream}`, "--admin", "127.0.0.1:0", "--quiet", ...args];
    program.child = spawn(command, rest, { stdio: ["ignore", "ignore", "pipe"] });
    running.add(program.child);
    program.exit = new Promise((resolve) => program.child.once("close", (code, signal) => (running.delete(program.child), resolve(code ?? signal))));
    program.child.stderr.on("data", (bytes) => (program.output += bytes));
    for (let i = 0; i < 1000 && !/admin on/.test(program.output); i += 1) {
      if (program.child.exitCode !== null) throw new Error(`the program ended: ${program.output}`);
      await sleep(10);
    }
    program.port = Number(/listening on \S+:(\d+)/.exec(program.output)[1]);
    program.admin = /admin on (\S+)/.exec(program.output)[1];
    program.sampling = setInterval(() => program.sample(), 500);
    return program;
  }

  #status(field) {
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${this.child.pid}/status`, "utf8"))?.[1]);
  }
  /** Resident memory, MB. */
  get memory() {
    return this.#status("VmRSS") / 1024;
  }
  get descriptors() {
    return readdirSync(`/proc/${this.child.pid}/fd`).length;
  }
  /** Seconds of processor time so far. */
  get busy() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
  /** `{ ran, waited }`, ms so far: what all threads had of the processors, and how long the one that waited most was ready to
   * run and had none. */
  get times() {
    const at = `/proc/${this.child.pid}/task`;
    const threads = this.alive && existsSync(`${at}/${this.child.pid}/schedstat`) ? readdirSync(at) : [];
    const all = threads.map((one) => readFileSync(`${at}/${one}/schedstat`, "utf8").split(" ").map((ns) => ns / 1e6));
    return { ran: all.reduce((sum, [ran]) => sum + ran, 0), waited: Math.max(0, ...all.map(([, waited]) => waited)) };
  }
  get alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
  sample() {
    if (this.alive) this.samples.push({ memory: this.memory, descriptors: this.descriptors });
  }
  metrics() {
    return fetch(`${this.admin}/metrics`).then((answer) => answer.text());
  }
  async metric(name) {
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(await this.metrics())?.[1]);
  }
  /** SIGTERM. Resolves with the exit code. */
  async stop() {
    clearInterval(this.sampling);
    this.child.kill("SIGTERM");
    return this.exit;
  }
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
