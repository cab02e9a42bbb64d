// sioscope itself, as a user would start it.
import { join } from "node:path";
import { exitCode, kill, run } from "./children.mjs";
import { openLog } from "./log.mjs";
import { within } from "./until.mjs";

const kListening = /^sioscope: listening on (http:\/\/127\.0\.0\.1:\d+)$/m;

class Program {
  output = "";

  constructor(program, args, folder, env) {
    const log = openLog(join(folder, "sioscope.log"));
    log.write(`$ sioscope ${args.join(" ")}\n`);
    this.findingsFile = join(folder, "findings.ndjson");
    this.child = run(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    this.started = new Promise((resolve, reject) => {
      this.child.once("error", (error) => reject(new Error(`sioscope cannot be started: ${error.message}`)));
      this.child.once("exit", () => reject(new Error(`sioscope ended at once, saying: ${this.output.trim()}`)));
      this.child.stderr.on("data", () => {
        const line = kListening.exec(this.output);
        if (line) resolve(line[1]);
      });
    });
    this.started.catch(() => {}); // Whoever waits for it hears of it.
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.prependListener("data", (bytes) => {
        this.output += bytes;
        log.write(bytes);
      });
    this.child.once("close", () => log.end());
  }

  kill = () => kill(this.child);
}

const common = (folder, upstream, { reveal = true, path, args = [] }) => [
  "--listen", "127.0.0.1:0", "--upstream", upstream, "--findings", join(folder, "findings.ndjson"),
  ...(reveal ? ["--reveal-sids"] : []), ...(path ? ["--path", path] : []), ...args,
];

/** `sioscope proxy`, listening. stop() asks it to end as an operator would and resolves with its exit code. */
export async function startProxy({ program, upstream, folder, ...options }) {
  const args = ["proxy", ...common(folder, upstream, options), "--drain", "100ms"];
  const proxy = new Program(program, args, folder);
  proxy.url = await within(15_000, "sioscope listens", proxy.started);
  proxy.stop = async () => {
    proxy.child.kill("SIGTERM");
    return exitCode(proxy.child, 15_000, "sioscope ends after SIGTERM");
  };
  return proxy;
}

/** `sioscope check ... -- command`; ended() resolves with its exit code. */
export function startCheck({ program, upstream, folder, command, args, ...options }) {
  const check = new Program(
    program, ["check", ...common(folder, upstream, { ...options, args }), "--", ...command], folder, options.env,
  );
  check.ended = () => exitCode(check.child, 60_000, "sioscope check ends");
  return check;
}
