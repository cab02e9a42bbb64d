// Test programs for `sioscope check` (apps/), and the server they were written against.
import { fileURLToPath } from "node:url";

const kTransports = { polling: "polling", websocket: "websocket", upgrade: "polling,websocket" };

/** `{ command, env }` of an app as a scenario's `check` wants them. */
export function app(name, args, transport) {
  const file = fileURLToPath(new URL(`../apps/${name}.mjs`, import.meta.url));
  return { command: [process.execPath, file, ...args], env: { TRANSPORTS: kTransports[transport] } };
}

/** Poisons whoever says "break me"; tells who comes "back" when it is "enough": all open sessions have shown life. */
export function serveApps(io, server) {
  io.on("connection", (socket) => {
    socket.on("break me", () => socket.emit(null, null));
    socket.on("back", async () => {
      await server.pulse(2);
      io.emit("enough");
    });
  });
}
