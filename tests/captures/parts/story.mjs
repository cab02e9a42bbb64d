// The story that captures here tell: a client that leaks (or a page with it), a bad packet, and what follows, at a real
// server that knows the orphan.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { LabServer } from "../../lab/parts/server.mjs";
import { until } from "../../lab/parts/until.mjs";

const lab = createRequire(new URL("../../lab/run.mjs", import.meta.url));
const kClient = join(dirname(lab.resolve("client-4.7.5/package.json")), "dist", "socket.io.min.js");
const kBackOff = { reconnectionDelay: 300, reconnectionDelayMax: 350, randomizationFactor: 0.17 };

const page = (transports) => `<!doctype html>
<script src="/client.js"></script>
<script>
  const socket = io({ transports: ${JSON.stringify(transports)}, ...${JSON.stringify(kBackOff)} });
  socket.on("connect", () => socket.emit("hello", { to: ["the", "server"] }));
  socket.on("news", (news) => socket.emit("heard", news));
</script>`;

/** A server with the page at `/`. */
export async function startServer(transports, log) {
  const server = new LabServer({
    log,
    serve(io, { http }) {
      http.on("request", ({ url }, response) => {
        if (url === "/") response.writeHead(200, { "content-type": "text/html" }).end(page(transports));
        else if (url === "/client.js")
          response.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(kClient));
        else if (!url.startsWith("/socket.io/")) response.writeHead(404).end();
      });
    },
  });
  await server.start();
  return server;
}

/**
 * From the moment in which the client has connected until its orphan has proven itself; `heard` waits for three "news".
 * Resolves with the orphan's sid.
 */
export async function leak(server, transports, heard = () => server.hears("/", "heard", 3)) {
  const last = transports.at(-1);
  const sessions = () => [...server.sessions.values()];
  const settled = (n) =>
    until(`session ${n} is there`, () => sessions()[n - 1] && joined(sessions()[n - 1], last), [server]);
  await settled(1);
  server.poison();
  await settled(2);
  for (const number of [1, 2, 3]) server.io.emit("news", number);
  await heard();
  await server.pulse(2);
  return sessions()[0].sid;
}

const joined = (session, transport) => session.transport === transport && session.sockets.length > 0;
