// Two engines, as two processes have them, take turns. Each knows the sessions that it granted, and no other.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Server: Engine } = createRequire(require.resolve("socket.io"))("engine.io"); // The one that it uses itself.

const kHeartbeat = { pingInterval: 400, pingTimeout: 1000 };

export default {
  says: "two server processes without sticky sessions: a polling client loses each session at its second request",
  over: { versions: ["4.8.4"], transports: ["polling"] },
  options: kHeartbeat,
  claims: { faulty: true },
  expect: { lossy: true, faults: { "handshake/unknown-sid": "certain" } },

  serve(io, { http }) {
    const other = new Engine(kHeartbeat);
    other.on("connection", (conn) => io.engine.emit("connection", conn)); // One application above both.
    const first = http.listeners("request");
    let turn = 0;
    http.removeAllListeners("request");
    http.on("request", (request, response) => {
      if (turn++ % 2) other.handleRequest(request, response);
      else first.forEach((listener) => listener.call(http, request, response));
    });
  },

  async play({ server, tab }) {
    const client = tab();
    await client.until("it came three times", () => client.sessions.length >= 3);
    await client.kill();
    for (const { sid } of server.open) await server.closes(sid); // They live on until their ping timeout.
  },
};
