// mitmdump in front of a server, writing flows.
import { exitCode, run } from "../../lab/parts/children.mjs";
import { within } from "../../lab/parts/until.mjs";
import { createServer } from "node:net";
import { once } from "node:events";

export async function startMitmproxy(upstream, file) {
  const port = await freePort(); // It does not say which one it took.
  const args = ["--mode", `reverse:${upstream}`, "--listen-host", "127.0.0.1", "--listen-port", String(port), "-w", file];
  const child = run("mitmdump", args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PYTHONUNBUFFERED: "1" } });
  let said = "";
  const listening = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        said += bytes;
        if (/listening/.test(said)) resolve();
      });
    child.once("exit", () => reject(new Error(`mitmdump ended, saying: ${said.trim()}`)));
  });
  listening.catch(() => {});
  await within(30_000, "mitmdump listens", listening);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGTERM");
      await exitCode(child, 15_000, "mitmdump ends");
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
