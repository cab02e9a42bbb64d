// A test of some app that passes, whether its client leaks or not: it has the server send what no parser reads, and
// stays until the server says "enough". VERSION is the client's, TRANSPORTS what it may use.
const client = await import(`client-${process.env.VERSION}`);
const io = client.io ?? client.default;
const socket = io(process.env.SIOSCOPE_URL, {
  transports: process.env.TRANSPORTS.split(","),
  reconnectionDelay: 300,
  randomizationFactor: 0.1,
});

socket.once("connect", () => {
  socket.emit("break me");
  socket.once("connect", () => socket.emit("back"));
});
socket.on("enough", () => process.exit(0));
