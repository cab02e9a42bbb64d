// Test programs for `sioscope check` (apps/), and the server they were written against.
import { fileURLToPath } from "node:url";

const kTransports = { polling: "polling", websocket: "websocket", upgrade: "polling,websocket" };

/** `{ command, env }` of an app as a scenario's `check` wants them. */
export function app(name, args, transport) {
  const file = fileURLToPath(new URL(`../apps/${name}.mjs`, import.meta.url));
  return { command: [process.execPath, file, ...args], env: { TRANSPORTS: kTransports[transport] } };
}

/**
 * Poisons whoever says "break me". Who comes "back" gets a broadcast, and hears that it is "enough" once all open
 * sessions have shown life: by then an orphan's copy has arrived too, and the program may end.
 */
export function serveApps(io, server) {
  io.on("connection", (socket) => {
    socket.on("break me", () => socket.emit(null, null));
    socket.on("back", async () => {
      io.emit("news");
      await server.pulse(2);
      socket.emit("enough");
    });
  });
}
