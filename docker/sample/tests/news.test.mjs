// A project's tests. They pass with either client.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

const { io } = await import(process.env.CLIENT ?? "socket.io-client");
let socket;
before(() => (socket = io(process.env.SERVER_URL ?? "http://127.0.0.1:3000", { transports: ["websocket"], reconnectionDelay: 200 })));
after(() => {
  socket.disconnect();
  setTimeout(() => process.exit(), 100); // What leaked would keep us here.
});

test("the news come", async () => {
  const [text] = await once(socket, "news");
  assert.match(text, /^number \d+$/);
});

test("the client comes back after a packet that it cannot read", async () => {
  socket.emit("bug");
  await once(socket, "connect");
  await once(socket, "news");
  await new Promise((resolve) => setTimeout(resolve, 5000)); // As an end-to-end test goes on.
  assert.ok(socket.connected);
});
