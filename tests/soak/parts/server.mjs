// The upstream: a process of its own, so that it can be killed and stopped. Speaks Engine.IO over WebSocket, answers each
// `say` with an `echo`, and checks every byte of what comes; of an attacker's session, whose name begins with x, it looks at
// none. `node server.mjs PORT [FILE.pem]`: with a certificate and its key, over TLS. Takes orders from its parent,
// `{ do, ... }`, and reports what it did to whom, so that nobody blames the proxy.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createServer as createSecure } from "node:tls";
import { FrameReader, frame, message } from "./frames.mjs";
import { Lag } from "./lag.mjs";

const sessions = new Map();
const wrong = [];
const lag = new Lag();
let slow = 0;

/** How a session ended, for the parent to compare with what the client knows of it. */
const report = (session, how) => process.send?.({ ended: { id: session.id, how, received: session.received } });

/** What no session asks for is answered, whatever it is. */
const kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/** A head that is longer never ends; nobody reads on. */
const kHeadMax = 65_536;

function opened(socket, head) {
  const id = /^X-Session: (\S+)\r$/m.exec(head)?.[1];
  const key = /^Sec-WebSocket-Key: (\S+)\r$/m.exec(head)?.[1];
  if (!id || !key) return null;
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.write(frame(`0${JSON.stringify({ sid: `sid-${id}`.padEnd(20, "x"), upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 })}`));
  const session = { id, socket, reader: new FrameReader(), received: 0, how: "client" };
  if (!id.startsWith("x")) sessions.set(id, session);
  return session;
}

function heard(session, text) {
  if (session.socket.writableEnded) return; // We ended it: what still comes is nobody's loss.
  if (text === "40") return session.socket.write(frame(`40{"sid":"socket-${session.id}"}`));
  if (text !== message("say", session.id, session.received)) {
    wrong.push(`${session.id} says ${text.slice(0, 80)} as its number ${session.received}`);
    return;
  }
  session.socket.write(frame(message("echo", session.id, session.received)));
  session.received += 1;
}

/** How a certificate and its key are read, which stand in one file. */
const shown = (file) => ({ cert: readFileSync(file), key: readFileSync(file) });

function serve(socket) {
  socket.setNoDelay(true);
  let head = "";
  let session = null;
  let deaf = false; // Takes what comes, and looks at none of it: an attacker shall not keep this process from the others.
  socket.on("data", (bytes) => {
    if (deaf) return;
    if (!session) {
      head += bytes.toString("latin1");
      let answers = 0;
      for (let end; !session && (end = head.indexOf("\r\n\r\n")) >= 0; head = head.slice(end + 4)) {
        session = opened(socket, head.slice(0, end + 2));
        if (!session) answers += 1;
      }
      if (answers > 0 && !socket.write(kAnswer.repeat(answers))) {
        socket.pause();
        socket.once("drain", () => socket.resume());
      }
      deaf = session ? session.id.startsWith("x") : head.length > kHeadMax;
      if (deaf || !session || head.length === 0) return;
      bytes = Buffer.from(head, "latin1");
    }
    try {
      for (const text of session.reader.read(bytes)) heard(session, text);
    } catch (error) {
      wrong.push(`${session.id}: ${error.message}`);
      socket.destroy();
    }
    if (slow > 0) {
      socket.pause();
      setTimeout(() => socket.resume(), slow);
    }
  });
  socket.on("end", () => {
    if (session?.how === "client" && session.reader.pending > 0) session.how = "cut";
    socket.end();
  });
  socket.on("error", (error) => {
    if (session?.how === "client") session.how = error.code;
  });
  socket.on("close", () => {
    if (!session || deaf) return;
    sessions.delete(session.id);
    report(session, session.how);
  });
}

const [port = 0, file] = process.argv.slice(2);
const server = file ? createSecure({ allowHalfOpen: true, ...shown(file) }, serve) : createServer({ allowHalfOpen: true }, serve);

/** Some of the sessions, by chance. */
const some = (count) => [...sessions.values()].sort(() => Math.random() - 0.5).slice(0, count);

const orders = {
  reset: ({ count }) => some(count).forEach((one) => ((one.how = "we reset"), one.socket.resetAndDestroy())),
  end: ({ count }) => some(count).forEach((one) => ((one.how = "we ended"), one.socket.end())),
  slow: ({ ms }) => (slow = ms),
  show: ({ file }) => (server.setSecureContext(shown(file)), process.send({ told: {} })),
  tell: () => process.send({ told: { sessions: sessions.size, wrong, lag: lag.take() } }),
};
process.on("message", (order) => orders[order.do](order));
process.on("disconnect", () => process.exit());
server.listen(Number(port), "127.0.0.1", 4096, () => process.send({ port: server.address().port }));
