// Input of people who mean it badly. What the server makes of the attack is the server's affair: bytes are passed on as they
// are.
import { randomBytes } from "node:crypto";
import { deflateRawSync, gzipSync } from "node:zlib";
import { frame, kUpgrade } from "./frames.mjs";
import { intruder, obey, repeated } from "./intruder.mjs";

const kGet = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: soak\r\n\r\n";

/** A WebSocket session whose client sends these bytes behind its handshake. */
const behindHandshake = (pieces) => [kUpgrade(`x${randomBytes(6).toString("hex")}`), frame("40", true), ...pieces];

const compressed = (bytes, coding) => Buffer.concat([Buffer.from(`POST /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: soak\r\nContent-Encoding: ${coding}\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]);

/** Each takes a port and returns what is to be awaited. `n` is how much of it there is. */
export const attacks = {
  "slow heads": (port, n) => Promise.all(Array.from({ length: 20 * n }, () => intruder(port, [...kGet.slice(0, 40)], { pause: 100 }))),
  "endless heads": (port, n) => Promise.all(Array.from({ length: 4 * n }, () => intruder(port, (function* () { yield "GET / HTTP/1.1\r\n"; yield* repeated(`X-Long: ${"a".repeat(8000)}\r\n`, 500 * n); })()))),
  "an endless line": (port, n) => Promise.all(Array.from({ length: 4 * n }, () => intruder(port, repeated("G".repeat(60_000), 50 * n)))),
  smuggling: async (port, n) => {
    const tries = [
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\nHost: a\nContent-Length: 0\n\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n continued\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\nhello",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
      "GET /\0 HTTP/1.1\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "\r\n\r\n\r\n" + kGet,
    ];
    for (let i = 0; i < n; i += 1) await Promise.all(tries.map((one) => intruder(port, [one], { stays: 100 })));
  },
  "pipelined floods": (port, n) => Promise.all(Array.from({ length: 8 }, () => intruder(port, repeated(kGet.repeat(500), 20 * n)))),
  "a flood that nobody reads": (port, n) => Promise.all(Array.from({ length: 4 }, () => intruder(port, repeated(kGet.repeat(500), 20 * n), { reads: false, stays: 500 }))),
  "giant frames": (port, n) => Promise.all(Array.from({ length: 4 }, () => intruder(port, behindHandshake([Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]), ...repeated(randomBytes(65536), 100 * n)])))),
  "endless fragments": (port, n) => Promise.all(Array.from({ length: 4 }, () => intruder(port, behindHandshake([Buffer.from([0x01, 0x80, 0, 0, 0, 0]), ...repeated(Buffer.concat(Array.from({ length: 4000 }, () => Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x61]))), 20 * n)])))),
  "compression bombs": (port, n) => {
    const zeros = Buffer.alloc(50_000_000);
    const bombs = [compressed(gzipSync(zeros, { level: 9 }), "gzip"), compressed(deflateRawSync(zeros, { level: 9 }), "deflate"), compressed(gzipSync(gzipSync(zeros)), "gzip, gzip")];
    return Promise.all(Array.from({ length: 4 * n }, (_, i) => intruder(port, [bombs[i % bombs.length]], { stays: 300 })));
  },
  "bytes at random": (port, n) => Promise.all(Array.from({ length: 20 * n }, () => intruder(port, [randomBytes(4000), randomBytes(4000)], { stays: 50 }))),
  "TLS where there is none": (port, n) => Promise.all(Array.from({ length: 20 * n }, () => intruder(port, [Buffer.concat([Buffer.from("160301020001fc0303", "hex"), randomBytes(508)])], { stays: 50 }))),
  "packets that are none": (port, n) => Promise.all(Array.from({ length: 8 * n }, () => intruder(port, behindHandshake([frame("4" + "2[".repeat(20_000), true), frame("42[" + "9".repeat(100_000) + "]", true), frame("451-[\"x\",{\"_placeholder\":true,\"num\":99999999}]", true), frame("\u0000\u0001", true), frame("40" + "/n,".repeat(1000), true)]), { stays: 100 }))),
  "many namespaces and acks": (port, n) => Promise.all(Array.from({ length: 4 }, () => intruder(port, behindHandshake(Array.from({ length: 2000 * n }, (_, i) => frame(i % 2 ? `40/n${i},` : `42${i}["x"]`, true)))))),
  "bad handshakes": async (port, n) => {
    for (let i = 0; i < 100 * n; i += 1) await Promise.all(Array.from({ length: 50 }, (_, k) => intruder(port, [kUpgrade(`bad-${i}-${k}`).replace("Version: 13", "Version: 1").replace(/X-Session.*\r\n/, "")])));
  },
};

obey(attacks);
