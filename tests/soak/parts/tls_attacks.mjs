// Input of people who mean it badly with TLS. Nothing of it reaches the server, but for what comes behind a handshake that
// succeeds.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectSecure } from "node:tls";
import { crowd, intruder, obey, repeated } from "./intruder.mjs";
import { kData, kHandshake, ownRecords } from "./records.mjs";

/** The ClientHello that node makes for these options: whole records. */
async function helloOf(options) {
  const hello = await new Promise((made) => {
    const nowhere = new Duplex({ read() {}, write: (bytes, _, done) => (made(bytes), done()) });
    connectSecure({ socket: nowhere, servername: "app.example", ...options }).on("error", () => {});
  });
  return hello;
}

const size = (length, bytes) => Buffer.from(Array.from({ length: bytes }, (_, i) => (length / 256 ** (bytes - 1 - i)) & 255));
const sized = (bytes, content) => Buffer.concat([size(content.length, bytes), content]);
/** Handshake bytes in records as long as they may be. */
function records(handshake, type = kHandshake) {
  const all = [];
  for (let at = 0; at < handshake.length; at += 16384) all.push(Buffer.from([type, 3, 1]), sized(2, handshake.subarray(at, at + 16384)));
  return Buffer.concat(all);
}
/** A ClientHello by hand, with extensions that node would not send: `[number, content]`. */
function helloWith(...extensions) {
  const body = Buffer.concat([
    Buffer.from([3, 3]), randomBytes(32), sized(1, Buffer.alloc(0)),
    sized(2, Buffer.from([0xc0, 0x2b, 0xc0, 0x2f])), sized(1, Buffer.from([0])),
    sized(2, Buffer.concat(extensions.flatMap(([number, content]) => [size(number, 2), sized(2, content)]))),
  ]);
  return records(Buffer.concat([Buffer.from([1]), sized(3, body)]));
}
const nameOf = (text) => Buffer.concat([Buffer.from([0]), sized(2, Buffer.from(text))]);
const kServerName = 0;
const kAlpn = 16;

/** A handshake as it should be; then `behind(socket)`. */
function shakeHands(port, behind, options = {}) {
  return new Promise((resolve) => {
    const plain = connect({ port, host: "127.0.0.1" });
    const over = () => (plain.destroy(), resolve());
    const secured = connectSecure({ socket: plain, servername: "app.example", rejectUnauthorized: false, ...options });
    secured.on("secureConnect", () => behind(plain, secured));
    for (const one of [plain, secured]) one.on("error", over).on("close", over);
  });
}

/** Many records behind a handshake, in our own hands: what `make(records)` makes. */
async function insistent(port, version, make) {
  const own = await ownRecords(port, version);
  const gone = new Promise((over) => own.socket.on("close", over));
  own.socket.on("error", () => {});
  const all = make(own);
  own.socket.write(all, () => own.socket.end());
  await Promise.race([gone, new Promise((late) => setTimeout(late, 20_000))]);
  own.socket.destroy();
}
const kRenegotiate = Buffer.concat([Buffer.from([1, 0, 0, 40]), Buffer.alloc(40, 3)]);
const times = (count, make) => Buffer.concat(Array.from({ length: count }, make));

/** Keeps a connection open that never says its hello to the end, until the other side has enough of it. */
function unfinished(port, hello, trickle) {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket = connect({ port, host: "127.0.0.1" });
    const over = (closed) => {
      clearInterval(dripping);
      clearTimeout(patience);
      socket.destroy();
      resolve({ closed, after: performance.now() - began });
    };
    let at = hello.length >> 1;
    socket.on("connect", () => socket.write(hello.subarray(0, at)));
    const dripping = setInterval(() => trickle && at < hello.length - 1 && socket.write(hello.subarray(at, ++at)), 500);
    const patience = setTimeout(() => over(false), 120_000);
    socket.on("error", () => {}).on("close", () => over(true)).resume();
  });
}

/** Each takes a port and returns what is to be awaited. `n` is how much of it there is. */
export const attacks = {
  // For somebody who has the time: tells how many were closed by the other side, and the longest that one was borne with, ms.
  "hellos that never end": async (port, n) => {
    const hello = await helloOf();
    const all = await Promise.all(Array.from({ length: 100 * n }, (_, i) => unfinished(port, hello, i % 2 === 0)));
    return { opened: all.length, closed: all.filter((one) => one.closed).length, longest: Math.max(...all.map((one) => one.after)) };
  },
  "garbage behind a hello": async (port, n) => {
    const hello = await helloOf();
    await crowd(400 * n, 50, () => intruder(port, [hello, randomBytes(2000)]));
  },
  "damaged hellos": async (port, n) => {
    const hello = await helloOf();
    await crowd(400 * n, 50, () => {
      const damaged = Buffer.from(hello);
      for (const at of randomBytes(4)) damaged[5 + at] ^= 1 + (at & 127);
      return intruder(port, [damaged]);
    });
  },
  "plain HTTP": (port, n) => crowd(500 * n, 50, () => intruder(port, ["GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: soak\r\n\r\n"])),
  "hello and gone": async (port, n) => {
    const hello = await helloOf();
    await crowd(500 * n, 50, () => intruder(port, [hello], { stays: 2 }));
  },
  "handshake and reset": (port, n) => crowd(100 * n, 20, () => shakeHands(port, (plain) => plain.resetAndDestroy())),
  "handshake, half a request and gone": (port, n) => crowd(100 * n, 20, () => shakeHands(port, (plain, secured) => secured.write("GET /socket.io/?EIO=4", () => plain.destroy()), { maxVersion: "TLSv1.2" })),
  "giant server names": (port, n) => {
    const tries = [
      helloWith([kServerName, sized(2, nameOf("n".repeat(60_000)))]),
      helloWith([kServerName, sized(2, Buffer.concat(Array.from({ length: 5000 }, (_, i) => nameOf(`n${i}`))))]),
      helloWith([kServerName, sized(2, nameOf(""))]),
      helloWith([kServerName, sized(2, nameOf("a\0b.example"))]),
      helloWith([kServerName, Buffer.from([255, 255, 0])]),
      helloWith(...Array.from({ length: 15_000 }, (_, i) => [20_000 + i, Buffer.alloc(0)])),
      records(Buffer.concat([Buffer.from([1, 255, 255, 255]), Buffer.alloc(200_000, 1)])),
    ];
    return crowd(20 * n * tries.length, 20, (i) => intruder(port, [tries[i % tries.length]]));
  },
  "protocols that are none": async (port, n) => {
    const tries = [
      await helloOf({ ALPNProtocols: ["h9"] }),
      await helloOf({ ALPNProtocols: Array.from({ length: 250 }, (_, i) => `${i}`.padEnd(200, "x")) }),
      helloWith([kAlpn, Buffer.from([0, 0])]),
      helloWith([kAlpn, Buffer.from([0, 3, 0, 0, 0])]),
      await helloOf({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
    ];
    await crowd(300 * n, 50, (i) => intruder(port, [tries[i % tries.length]]));
  },
  "alerts and empty records": async (port, n) => {
    const hello = await helloOf();
    const tries = [
      times(2000, () => Buffer.from([21, 3, 3, 0, 2, 1, 90])), // warnings
      times(2000, () => Buffer.from([20, 3, 3, 0, 1, 1])), // ChangeCipherSpec
      times(2000, () => Buffer.from([kHandshake, 3, 3, 0, 0])),
      times(2000, () => Buffer.from([99, 3, 3, 0, 1, 0])),
      Buffer.concat([Buffer.from([kHandshake, 3, 3, 255, 255]), Buffer.alloc(65535)]),
    ];
    await crowd(20 * n * tries.length, 20, (i) => intruder(port, [hello, tries[i % tries.length]]));
  },
  "renegotiation, again and again": (port, n) => crowd(4 * n, 4, () => insistent(port, "TLSv1.2", (own) => times(3000, () => own.seal(kHandshake, kRenegotiate)))),
  "new keys, again and again": (port, n) => crowd(4 * n, 4, () => insistent(port, "TLSv1.3", (own) => times(3000, () => own.keyUpdate()))),
  "records that hold nothing": (port, n) => crowd(8 * n, 4, (i) => insistent(port, i % 2 ? "TLSv1.2" : "TLSv1.3", (own) => times(3000, () => own.seal(kData, Buffer.alloc(0))))),
  "a flood inside of TLS": (port, n) => crowd(4, 4, () => shakeHands(port, async (plain, secured) => {
    for (const piece of repeated("G".repeat(60_000), 50 * n)) if (!secured.write(piece)) await once(secured, "drain").catch(() => {});
    secured.end();
  })),
};

obey(attacks);
