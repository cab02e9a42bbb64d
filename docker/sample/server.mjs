// A server that tells the news, and has a bug: once, it emits what no client can read.
import { createServer } from "node:http";
import { Server } from "socket.io";

const page = `<!doctype html><meta charset="utf-8"><title>news</title><h1>News</h1><ul></ul>
<script src="/socket.io/socket.io.js"></script><script>
  io().on("news", (text) => document.querySelector("ul").prepend(Object.assign(document.createElement("li"), { textContent: text })));
</script>`;

const http = createServer((request, response) => response.setHeader("content-type", "text/html; charset=utf-8").end(page));
// What proves a leak is a ping that the old session still answers: with short pings nobody waits for it.
const io = new Server(http, { pingInterval: 2000, pingTimeout: 2000 });

let news = 0;
setInterval(() => io.emit("news", `number ${++news}`), 1000);

let sane = true;
io.on("connection", (socket) => {
  socket.on("bug", () => socket.emit(null));
  socket.on("watch", () => {
    if (sane) setTimeout(() => io.emit(null), 3000);
    sane = false;
  });
});

http.listen(Number(process.env.PORT ?? 3000), () => console.log(`listening on port ${http.address().port}`));
for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => process.exit(0));
