// A TLS connection whose handshake node makes and whose records are then ours: for what no honest client sends. AES-128-GCM.
import { createCipheriv, createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectSecure } from "node:tls";

const hmac = (key, ...pieces) => pieces.reduce((mac, piece) => mac.update(piece), createHmac("sha256", key)).digest();

/** TLS 1.3, "HKDF-Expand-Label", without a context and of 32 bytes at most. Source: RFC 8446, 7.1. */
function expand(secret, label, length) {
  const name = Buffer.from(`tls13 ${label}`);
  return hmac(secret, Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])).subarray(0, length);
}

/** TLS 1.2, "key expansion": what each side writes with. Source: RFC 5246, 6.3. */
function keyBlock(master, serverRandom, clientRandom, length) {
  const seed = Buffer.concat([Buffer.from("key expansion"), serverRandom, clientRandom]);
  let block = Buffer.alloc(0);
  for (let a = hmac(master, seed); block.length < length; a = hmac(master, a)) block = Buffer.concat([block, hmac(master, a, seed)]);
  return block;
}

export const kHandshake = 22;
export const kData = 23;

class Records {
  #sequence = 0n;

  constructor(socket) {
    this.socket = socket;
  }
  #number() {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(this.#sequence++);
    return bytes;
  }
  #encrypted(key, nonce, known, ...pieces) {
    const cipher = createCipheriv("aes-128-gcm", key, nonce).setAAD(known);
    return Buffer.concat([...pieces.map((piece) => cipher.update(piece)), cipher.final(), cipher.getAuthTag()]);
  }

  /** The traffic keys of TLS 1.3 begin anew with each secret. */
  useSecret(secret) {
    Object.assign(this, { secret, key: expand(secret, "key", 16), iv: expand(secret, "iv", 12) });
    this.#sequence = 0n;
  }
  useBlock(block) {
    Object.assign(this, { key: block.subarray(0, 16), iv: block.subarray(32, 36) });
    this.#sequence = 1n; // 0 was Finished.
  }

  /** One record. */
  seal(type, payload) {
    const number = this.#number();
    if (!this.secret) {
      const head = Buffer.from([type, 3, 3, (payload.length + 24) >> 8, (payload.length + 24) & 255]);
      const known = Buffer.concat([number, Buffer.from([type, 3, 3, payload.length >> 8, payload.length & 255])]);
      return Buffer.concat([head, number, this.#encrypted(this.key, Buffer.concat([this.iv, number]), known, payload)]);
    }
    const nonce = Buffer.from(this.iv);
    for (let i = 0; i < 8; i += 1) nonce[i + 4] ^= number[i];
    const head = Buffer.from([kData, 3, 3, (payload.length + 17) >> 8, (payload.length + 17) & 255]);
    return Buffer.concat([head, this.#encrypted(this.key, nonce, head, payload, Buffer.from([type]))]);
  }
  /** TLS 1.3: new keys, and a wish for new ones of the other side. */
  keyUpdate() {
    const record = this.seal(kHandshake, Buffer.from([24, 0, 0, 1, 1]));
    this.useSecret(expand(this.secret, "traffic upd", 32));
    return record;
  }
}

const kCiphers = { "TLSv1.2": "ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.3": "TLS_AES_128_GCM_SHA256" };

/** `{ socket, seal(type, payload), keyUpdate() }` of a connection whose handshake is done: `socket` is the bare one. */
export async function ownRecords(port, version) {
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  let came = Buffer.alloc(0);
  const between = new Duplex({ read() {}, write: (bytes, _, done) => void socket.write(bytes, done) });
  socket.on("data", (bytes) => {
    if (came.length < 64) came = Buffer.concat([came, bytes]);
    between.push(bytes);
  });
  const secured = connectSecure({ socket: between, rejectUnauthorized: false, minVersion: version, maxVersion: version, ciphers: kCiphers[version] });
  const secrets = new Map();
  secured.on("keylog", (line) => {
    const [label, random, secret] = line.toString().trim().split(" ");
    secrets.set(label, [random, secret].map((hex) => Buffer.from(hex, "hex")));
  });
  secured.on("error", () => {});
  await once(secured, "secureConnect");
  await new Promise((rest) => setTimeout(rest, 20)); // Its last flight goes first.
  socket.removeAllListeners("data").resume();
  const records = new Records(socket);
  // The server's random stands behind the heads of its first record and message, and the version.
  if (version === "TLSv1.3") records.useSecret(secrets.get("CLIENT_TRAFFIC_SECRET_0")[1]);
  else records.useBlock(keyBlock(secrets.get("CLIENT_RANDOM")[1], came.subarray(11, 43), secrets.get("CLIENT_RANDOM")[0], 40));
  return records;
}
