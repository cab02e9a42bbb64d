// A test of some app that passes although it leaks: it has the server send what 4.7.5 cannot parse, and stays until
// the server says "enough". With an argument it leaves so many milliseconds after coming back, or with a code.
//   leaks.mjs [--hurry MS] [--exit CODE]
import { parseArgs } from "node:util";
import { io } from "client-4.7.5";

const { values } = parseArgs({ options: { hurry: { type: "string" }, exit: { type: "string", default: "0" } } });
const socket = io(process.env.SIOSCOPE_URL, {
  transports: process.env.TRANSPORTS.split(","),
  reconnectionDelay: 300,
  randomizationFactor: 0.1,
});
const leave = () => process.exit(Number(values.exit));

socket.once("connect", () => {
  socket.emit("break me");
  // Here a time is what is tested: a test suite that ends before the next ping.
  socket.once("connect", () => (values.hurry ? setTimeout(leave, Number(values.hurry)) : socket.emit("back")));
});
socket.on("enough", leave);
