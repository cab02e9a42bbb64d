// Somebody who reads the news, for as long as there are any. CLIENT is the package whose client it is.
const { io } = await import(process.env.CLIENT ?? "socket.io-client");
const socket = io(process.env.SERVER_URL ?? "http://127.0.0.1:3000", { transports: ["websocket"] });

socket.on("connect", () => {
  console.log(`connected as ${socket.id}`);
  socket.emit("watch");
});
socket.on("disconnect", (reason) => console.log(`disconnected: ${reason}`));
socket.on("news", (text) => console.log(text));
for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => process.exit(0));
