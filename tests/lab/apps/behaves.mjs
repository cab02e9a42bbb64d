// A test of some app without a fault of its own: connects, asks a few questions, disconnects, and ends as told.
//   behaves.mjs [--broken] [--exit CODE] [--signal NAME]      the URL is in SIOSCOPE_URL, or in APP_URL
import { parseArgs } from "node:util";
import { io } from "client-4.8.4";

const { values } = parseArgs({
  options: {
    broken: { type: "boolean" }, // Has the server send a malformed packet, which 4.8 copes with.
    exit: { type: "string", default: "0" },
    signal: { type: "string" },
  },
});
const socket = io(process.env.SIOSCOPE_URL ?? process.env.APP_URL, {
  transports: process.env.TRANSPORTS.split(","),
  reconnectionDelay: 300,
  randomizationFactor: 0.1,
});
const connected = () => new Promise((resolve) => socket.once("connect", resolve));

await connected();
if (values.broken) {
  socket.emit("break me");
  await connected();
}
for (const question of ["one", "two", "three"]) await new Promise((answer) => socket.emit("ask", question, answer));
await new Promise((resolve) => socket.once("disconnect", resolve).disconnect());
if (values.signal) process.kill(process.pid, values.signal);
else process.exit(Number(values.exit));
