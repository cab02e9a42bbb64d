// Just enough of WebSocket and Engine.IO for thousands of sessions in one process: text frames, and a reader that tells
// exactly what came. Every message is a function of its session and its number, so that whoever reads it knows each byte
// that it must have.

const kMask = Buffer.from([0x5a, 0xc3, 0x0f, 0x96]);

/** One text frame; `masked`, as clients must. */
export function frame(text, masked = false) {
  const payload = Buffer.from(text);
  const length = payload.length;
  const head = length < 126 ? Buffer.from([0x81, length]) : length < 65536 ? Buffer.from([0x81, 126, length >> 8, length & 255]) : Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0]), Buffer.from([length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255])]);
  if (!masked) return Buffer.concat([head, payload]);
  head[1] |= 0x80;
  for (let i = 0; i < length; i += 1) payload[i] ^= kMask[i & 3];
  return Buffer.concat([head, kMask, payload]);
}

/** Cuts bytes into the texts of whole frames. What is no text frame is a mistake of somebody's, and throws. */
export class FrameReader {
  #bytes = Buffer.alloc(0);

  *read(bytes) {
    this.#bytes = this.#bytes.length > 0 ? Buffer.concat([this.#bytes, bytes]) : bytes;
    for (;;) {
      const all = this.#bytes;
      if (all.length < 2) return;
      if (all[0] !== 0x81) throw new Error(`a frame begins with ${all.subarray(0, 8).toString("hex")}`);
      const masked = (all[1] & 0x80) !== 0;
      let length = all[1] & 0x7f;
      let at = 2;
      if (length === 126) {
        if (all.length < 4) return;
        length = all.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (all.length < 10) return;
        length = Number(all.readBigUInt64BE(2));
        at = 10;
      }
      const begin = at + (masked ? 4 : 0);
      if (all.length < begin + length) return;
      const payload = Buffer.from(all.subarray(begin, begin + length));
      if (masked) for (let i = 0; i < length; i += 1) payload[i] ^= all[at + (i & 3)];
      this.#bytes = all.subarray(begin + length);
      yield payload.toString();
    }
  }
  /** Bytes of a frame whose end has not come. */
  get pending() {
    return this.#bytes.length;
  }
}

const kPad = "All's well that ends well; every byte of it. ".repeat(100);

/** Message `number` of a session: some small, some of a few kilobytes. */
export const message = (name, session, number) => `42["${name}","${session}",${number},"${kPad.slice(0, number % 16 === 7 ? 4000 : 20 + ((number * 37) % 200))}"]`;

export const kUpgrade = (session) =>
  `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: soak\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.from(session.padEnd(16).slice(0, 16)).toString("base64")}\r\nX-Session: ${session}\r\n\r\n`;
