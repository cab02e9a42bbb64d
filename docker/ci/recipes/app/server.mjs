// The server under test: a chat, with a bug. `PORT=3000 npm start`; says where it listens.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Server } from "socket.io";

const bundle = (client) => new URL(`../node_modules/${client}/dist/socket.io.min.js`, import.meta.url);
const scripts = {
  "/client.js": bundle("socket.io-client"),
  "/leaky-client.js": bundle("leaky-client"), // 4.7.5, the last that leaks.
};
const page = (script) => `<!doctype html><meta charset="utf-8"><title>chat</title><ul></ul><script src="${script}"></script><script>
  const socket = io();
  const add = (text) => document.querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: text }));
  socket.on("connect", () => add("connected"));
  socket.on("chat", add);
</script>`;

const http = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const script = scripts[pathname];
  response.setHeader("content-type", `${script ? "text/javascript" : "text/html"}; charset=utf-8`);
  response.end(script ? readFileSync(script) : page(searchParams.has("leaky") ? "/leaky-client.js" : "/client.js"));
});

// Short pings: what proves a leak is a ping that the old session still answers.
const io = new Server(http, { pingInterval: 300, pingTimeout: 1000, serveClient: false });
io.on("connection", (socket) => {
  socket.on("say", (text) => io.emit("chat", text));
  socket.on("bug", () => io.emit(null)); // A packet that no client can read.
});
http.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
