// What real clients and a real server do with packets that every parser accepts and that lack what the receiver goes on
// to read. Each packet gets a process of its own, and an event after it says whether that lives on. What this prints is
// summed up in core/socketio/crashes_client.hpp.
//
//   node measure/crashing_packets.mjs

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket, WebSocketServer } from "ws";

const CLIENTS = ["client-4.1.3", "client-4.5.2", "client-4.7.5", "client-4.8.4"];
const BINARY = Buffer.from([1, 2]);
const PACKETS = [
  ["2"], ["212"], ["2/,"], ["2/chat,"], ["2/chat,12"], ["2/nope,"], ["51-", BINARY], ["51-12", BINARY], ["51-/chat,", BINARY],
  ["3"], ["312"], ["312[]"], ["30"], ["61-0", BINARY], ["30[]"], ["61-0[]", BINARY],
  ["4"], ["412"], ["4/chat,"], ["4/chat,12"], ["4/nope,"], ['4"x"'], ["4{}"], ['4/chat,"x"'],
  ["0"], ["012"], ["0/chat,"], ["1"], ["112"], ["1/chat,"],
  ["2[1]"], ["20[1]"], ['2["error"]'], ['20["error"]'], ['2["__proto__"]'], ["2[null]"], ["0null"], ["4null"],
];
const ENDS = { 0: "lives", 3: "is disconnected", 4: "falls silent" };
const kPatience = 5000; // ms for an answer.

const wire = (frame) => (typeof frame === "string" ? `4${frame}` : frame);

/** Runs this file in a role; `ended` says how that went. */
function play(...args) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const ended = once(child, "close").then(([code]) => ENDS[code] ?? `dies: ${/^(\w*Error: .*)$/m.exec(stderr)?.[1]}`);
  return { child, ended };
}

/** What a client with sockets on "/" and "/chat" makes of the frames. */
async function askClient(name, frames) {
  const server = new WebSocketServer({ port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => {
    let asked = 0;
    socket.send('0{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
    socket.on("message", (data) => {
      const text = data.toString();
      if (text === "40") socket.send('40{"sid":"r"}');
      if (text === "40/chat,") socket.send('40/chat,{"sid":"c"}');
      if (text.includes('["asked"]') && ++asked === 2)
        for (const frame of [...frames, '2["end"]']) socket.send(wire(frame));
    });
  });
  const answer = await play("client", name, String(server.address().port)).ended;
  for (const socket of server.clients) socket.terminate();
  server.close();
  return answer;
}

async function playClient(name, port) {
  const { io } = await import(name);
  const options = { transports: ["websocket"], reconnection: false };
  for (const ns of ["/", "/chat"]) {
    const socket = io(`http://127.0.0.1:${port}${ns}`, options);
    socket.on("connect", () => socket.emit("asked", () => {})); // Waits for the ack of id 0.
    socket.on("disconnect", () => process.exit(3));
    socket.on("connect_error", () => {});
    socket.on("end", () => process.exit(0));
  }
  setTimeout(() => process.exit(4), kPatience);
}

/** What a server makes of them. */
async function askServer(frames) {
  const { child, ended } = play("server");
  const [port] = await once(child.stdout, "data");
  const socket = new WebSocket(`ws://127.0.0.1:${Number(port)}/socket.io/?EIO=4&transport=websocket`);
  let asked = 0;
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const text = data.toString();
    if (text.startsWith("0{")) for (const connect of ["40", "40/chat,"]) socket.send(connect);
    if (text.includes('["asked"]') && ++asked === 2)
      for (const frame of [...frames, '2["end"]']) socket.send(wire(frame));
  });
  const answer = await ended;
  socket.terminate();
  return answer;
}

async function playServer() {
  const { Server } = await import("socket.io");
  const io = new Server(0);
  for (const ns of ["/", "/chat"])
    io.of(ns).on("connection", (socket) => {
      socket.emit("asked", () => {});
      socket.on("end", () => process.exit(0));
      socket.on("disconnect", () => process.exit(3));
    });
  console.log(io.httpServer.address().port);
  setTimeout(() => process.exit(4), kPatience);
}

const [role, ...rest] = process.argv.slice(2);
if (role === "client") await playClient(...rest);
else if (role === "server") await playServer();
else {
  for (const frames of PACKETS) {
    console.log(frames.map((frame) => (typeof frame === "string" ? wire(frame) : "(binary)")).join(" "));
    for (const name of CLIENTS) console.log(`    ${name.padEnd(14)} ${await askClient(name, frames)}`);
    console.log(`    ${"server".padEnd(14)} ${await askServer(frames)}`);
  }
}
