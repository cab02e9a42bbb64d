// MessagePack written byte by byte, in every width a value can have and not only the shortest: mostly valid packets, then one
// small thing wrong.

const TEXTS = ["", "a", "b", "ok", "news", "é\u{1f600}", "\u2028", "\"\\\b\f\n\r\t\u0000\u001f\u007f", "\ufeffa", "$base64", "toJSON", "日本語", "x".repeat(31),
  "x".repeat(32), "x".repeat(300)];
const BAD_UTF8 = ["ff", "80", "c3", "c080", "e0809f", "eda080", "edbfbf", "eda080edb080", "f0808080", "f4908080", "f09f98", "e282", "f5", "61ff62", "c341",
  "f09f9861", "e28261", "f8888080", "c1bf", "ed9fbf", "ee8080", "f48fbfbf", "e0a080", "f0908080"].map((hex) => Buffer.from(hex, "hex"));
const KEYS = ["a", "b", "0", "1", "10", "2", "01", "-1", "1.5", "4294967294", "4294967295", "", "toJSON", "length", "constructor", "type", "nsp", "data", "id",
  "undefined", "null", "join", "valueOf", "NaN", "é"];
const NSPS = ["/", "/", "/", "/chat", "/a?b=c", "", "chat", "/é\u{1f600}", "/a,b", "/[\"x\"]"];
const EVENTS = ["news", "say", "a", "connect", "disconnect", "", "é", "__proto__", "0"];
const DOUBLES = [0, -0, 1, 2, 3, 4, 5, -1, 0.5, 1.5, 4.35, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740993, NaN, Infinity, -Infinity, 123456.789, -2.5e-10];
const DATES = [0n, 1n, -1n, 1767225600000n, 8640000000000000n, -8640000000000000n, 8640000000000001n, -8640000000000001n, 253402300800000n, 253402300799999n,
  -62167219200000n, -62167219200001n, -62198755200000n, 951782400000n, 4107542400000n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
const BYTES = [0, 1, 2, 4, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x91, 0x9f, 0xa0, 0xa1, 0xbf, 0xff, 0xe0];
const NESTED = [2, 3, 10, 64, 255, 256, 257, 300];

function head(prefix, width, length) {
  const bytes = Buffer.alloc(1 + width);
  bytes[0] = prefix;
  bytes.writeUIntBE(length, 1, width);
  return bytes;
}

/** A head of any width that holds the length; `fix` is the prefix of the short one, for lengths up to `most`. */
function anyHead(r, [fix, most], wide, length) {
  const fitting = wide.filter(([, width]) => length < 256 ** width);
  if (length <= most && r.chance(0.6)) return Buffer.from([fix | length]);
  const [prefix, width] = r.pick(fitting);
  return head(prefix, width, length);
}

/** What notepack.io would take long for, or all the memory: no judgement hangs on it. */
function tame(bytes) {
  for (let i = 0; i + 5 <= bytes.length; i++) {
    const length = bytes.readUInt32BE(i + 1);
    const isLong = (bytes[i] === 0xc9 && bytes[i + 5] === 0 && length > 1e5) || (bytes[i] === 0xdd && length > 1e5 && length < 2 ** 26);
    if (isLong) bytes[i + 1] = bytes[i + 2] = 0;
  }
  return bytes;
}

class Writer {
  constructor(random) {
    this.random = random;
    this.inKey = 0; // Inside a map that is a key ...
    this.hasPrototype = false; // ... and whether anything sets one: then no byte is changed afterwards (see document.hpp, "Given up").
  }

  raw(bytes, prefixes) {
    return Buffer.concat([anyHead(this.random, ...prefixes, bytes.length), bytes]);
  }

  string(bytes) {
    return this.raw(Buffer.from(bytes), [[0xa0, 31], [[0xd9, 1], [0xda, 2], [0xdb, 4]]]);
  }

  binary(bytes) {
    return this.raw(Buffer.from(bytes), [[0, -1], [[0xc4, 1], [0xc5, 2], [0xc6, 4]]]);
  }

  bytes(count) {
    return Buffer.from(Array.from({ length: count }, () => (this.random.chance(0.5) ? this.random.pick(BYTES) : this.random.below(256))));
  }

  text() {
    const r = this.random;
    if (r.chance(0.1)) return this.string(Buffer.concat([this.bytes(r.below(3)), r.pick(BAD_UTF8), this.bytes(r.below(3))]));
    return this.string(r.pick(TEXTS));
  }

  blob() {
    return this.random.chance(0.3) ? this.random.pick(BAD_UTF8) : this.bytes(this.random.pick([0, 1, 2, 3, 4, 9, 10, 40]));
  }

  double(value) {
    const bytes = Buffer.alloc(9, 0xcb);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }

  date(time) {
    const bytes = Buffer.from("d700" + "00".repeat(8), "hex");
    bytes.writeBigInt64BE(time, 2);
    return bytes;
  }

  number() {
    const r = this.random;
    switch (r.below(4)) {
      case 0: return this.double(r.pick(DOUBLES));
      case 1: return Buffer.from([r.chance(0.5) ? r.below(128) : 0xe0 + r.below(32)]);
      default: {
        const [prefix, width] = r.pick([[0xca, 4], [0xcb, 8], [0xcc, 1], [0xcd, 2], [0xce, 4], [0xcf, 8], [0xd0, 1], [0xd1, 2], [0xd2, 4], [0xd3, 8]]);
        const fill = r.pick([0x00, 0xff, 0x7f, 0x80, -1, -1]);
        return Buffer.concat([Buffer.from([prefix]), fill < 0 ? this.bytes(width) : Buffer.alloc(width, fill)]);
      }
    }
  }

  /** An integer, in any of the ways to write it. */
  integer(value) {
    const ways = [
      [0xcc, 1, "writeUIntBE"], [0xcd, 2, "writeUIntBE"], [0xce, 4, "writeUIntBE"],
      [0xd0, 1, "writeIntBE"], [0xd1, 2, "writeIntBE"], [0xd2, 4, "writeIntBE"], [0xcf, 8], [0xd3, 8], [0xcb, 8], [0xca, 4],
    ];
    const r = this.random;
    if (value >= -32 && value < 128 && r.chance(0.6)) return Buffer.from([value & 0xff]);
    const [prefix, width, write] = r.pick(ways);
    const bytes = Buffer.alloc(1 + width, prefix);
    try {
      if (prefix === 0xca) bytes.writeFloatBE(value, 1);
      else if (prefix === 0xcb) bytes.writeDoubleBE(value, 1);
      else if (width === 8) bytes.writeBigInt64BE(BigInt(value), 1);
      else bytes[write](value, 1, width);
    } catch {
      return this.double(value); // It does not fit.
    }
    return bytes;
  }

  extension() {
    const r = this.random;
    const type = Buffer.from([r.pick([0, 0, 1, 0x7f, 0x80, 0xff])]);
    if (r.chance(0.5)) {
      const [prefix, size] = r.pick([[0xd4, 1], [0xd5, 2], [0xd6, 4], [0xd7, 8], [0xd8, 16]]);
      return Buffer.concat([Buffer.from([prefix]), type, this.bytes(size)]);
    }
    const content = this.blob();
    const [prefix, width] = r.pick([[0xc7, 1], [0xc8, 2], [0xc9, 4]]);
    return Buffer.concat([head(prefix, width, content.length), type, content]);
  }

  scalar() {
    const r = this.random;
    switch (r.below(8)) {
      case 0: return Buffer.from([r.pick([0xc0, 0xc2, 0xc3])]);
      case 1: case 2: return this.number();
      case 3: case 4: return this.text();
      case 5: return this.binary(this.blob());
      case 6: return this.extension();
      default: return r.chance(0.5) ? this.date(r.pick(DATES)) : Buffer.from("d40000", "hex");
    }
  }

  value(depth) {
    const r = this.random;
    switch (depth > 0 ? r.below(6) : 0) {
      case 4: return this.array(Array.from({ length: r.below(4) }, () => this.value(depth - 1)));
      case 5: return this.object(depth - 1);
      default: return this.scalar();
    }
  }

  array(elements) {
    return Buffer.concat([anyHead(this.random, [0x90, 15], [[0xdc, 2], [0xdd, 4]], elements.length), ...elements]);
  }

  map(members) {
    return Buffer.concat([anyHead(this.random, [0x80, 15], [[0xde, 2], [0xdf, 4]], members.length), ...members.flat()]);
  }

  /** A key that is `name` to JavaScript. */
  name(name) {
    const r = this.random;
    if (r.chance(0.93)) return this.string(name);
    if (r.chance(0.5)) return this.binary(name);
    return r.pick([
      () => this.array([this.string(name)]),
      () => this.array([this.array([this.binary(name)])]),
      () => this.array([this.array([]), this.string(name)]), // No: a comma comes first.
    ])();
  }

  key(depth) {
    const r = this.random;
    if (r.chance(0.85)) return this.name(r.pick(KEYS));
    if (r.chance(0.03)) return this.string("toString");
    if (r.chance(0.7) || depth <= 0) return this.scalar();
    this.inKey++;
    const key = this.value(depth);
    this.inKey--;
    return key;
  }

  member(depth) {
    const r = this.random;
    if (!r.chance(0.04)) return [this.key(depth), this.value(depth)];
    this.hasPrototype = true;
    let prototype = r.pick([Buffer.from([r.pick([0xc0, 0xc0, 0xc3])]), this.text(), this.object(depth - 1), this.object(depth - 1)]);
    if (this.inKey === 0 && r.chance(0.3)) prototype = r.pick([this.date(r.pick(DATES)), this.array([this.scalar()]), Buffer.from("d50102ff", "hex"), Buffer.from("d40000", "hex")]);
    return [this.name("__proto__"), prototype];
  }

  object(depth) {
    return this.map(Array.from({ length: this.random.below(5) }, () => this.member(depth)));
  }

  nested() {
    const r = this.random;
    const depth = r.pick(NESTED);
    const level = r.pick(["91", "81a161", "dc0001", "92c0", "8101", "8191a161"]);
    const count = level === "8191a161" ? Math.min(depth, 60) : depth;
    return Buffer.concat([Buffer.from(level.repeat(count), "hex"), this.value(1)]);
  }

  data(type) {
    const r = this.random;
    if (r.chance(0.04)) return this.value(2);
    if (type === 0) return this.object(3);
    if (type === 4) return r.chance(0.5) ? this.object(2) : this.text();
    if (type === 2 && r.chance(0.03)) return this.extension();
    const elements = Array.from({ length: r.below(4) }, () => (r.chance(0.04) ? this.nested() : this.value(3)));
    if (type === 2 && r.chance(0.95)) elements.unshift(this.string(r.pick(EVENTS)));
    return this.array(elements);
  }

  packet() {
    const r = this.random;
    const type = r.pick([0, 1, 2, 2, 2, 2, 3, 4]);
    const wrong = (valid) => (r.chance(0.03) ? this.value(1) : valid);
    const typeBytes = r.chance(0.96) ? this.integer(type) : r.pick([this.integer(5), this.integer(-1), this.double(r.pick(DOUBLES)), this.string(String(type))]);
    const members = [[this.name("type"), wrong(typeBytes)]];
    if (type !== 1 && !(type === 0 && r.chance(0.5))) members.push([this.name("data"), this.data(type)]);
    if (type === 1 && r.chance(0.1)) members.push([this.name("data"), r.chance(0.5) ? Buffer.from("d40000", "hex") : this.value(1)]);
    if (r.chance(0.98)) members.push([this.name("nsp"), wrong(this.string(r.pick(NSPS)))]);
    if (r.chance(0.4)) members.push([this.name("id"), wrong(this.integer(r.pick([0, 1, 7, 127, 128, 255, 256, 65536, 2 ** 32, 2 ** 40, -1, -33, -40000, 2 ** 53])))]);
    if (r.chance(0.2)) members.push([this.name("id"), r.pick([Buffer.from("d40000", "hex"), this.double(r.pick(DOUBLES)), this.integer(3)])]);
    if (r.chance(0.15)) members.push(this.member(2));
    if (r.chance(0.04)) members.push([...r.pick(members)]);
    if (r.chance(0.03)) members.push([this.name(r.pick(["type", "nsp", "data", "id"])), this.value(2)]);
    if (r.chance(0.3)) members.sort(() => r.next() - 0.5);
    if (r.chance(0.02)) members.splice(r.below(members.length), 1);
    if (r.chance(0.03)) {
      // Some of it comes from the prototype.
      this.hasPrototype = true;
      const inherited = members.splice(0, 1 + r.below(members.length));
      members.splice(r.below(members.length + 1), 0, [this.name("__proto__"), this.map(inherited)]);
    }
    return this.map(members);
  }
}

function mutate(bytes, r) {
  for (let i = 1 + r.below(2); i > 0; i--) {
    const at = r.chance(0.3) ? r.below(Math.min(4, bytes.length + 1)) : r.below(bytes.length + 1);
    const byte = Buffer.from([r.chance(0.6) ? 0xc0 + r.below(32) : r.below(256)]);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (r.below(6)) {
      case 0: bytes = Buffer.concat([before, byte, after]); break;
      case 1: case 2: bytes = Buffer.concat([before, byte, after.subarray(1)]); break;
      case 3: bytes = Buffer.from(before); break;
      case 4: bytes = Buffer.concat([before, after.subarray(1)]); break;
      default: bytes = Buffer.concat([before, after.subarray(0, 1 + r.below(4)), after]);
    }
  }
  return bytes;
}

/** One message: a Buffer or, now and then, a string. */
function message(generator) {
  const r = generator.random;
  const writer = new Writer(r);
  if (r.chance(0.01)) return r.pick(["", "5", " ", "\ufeff", "42", "2[\"a\"]", "9é\u{1f600}", "\u2028\ud800", "{", "é", "\u{1f600}1", "0\ud83d\ude00", "\u06601"]);
  if (r.chance(0.03)) return tame(writer.bytes(r.below(12)));
  if (r.chance(0.03)) return tame(writer.value(3));
  const packet = writer.packet();
  if (writer.hasPrototype || packet.includes("__proto__")) return packet;
  if (r.chance(0.2)) return tame(mutate(packet, r));
  return r.chance(0.02) ? Buffer.concat([packet, writer.bytes(1 + r.below(3))]) : packet;
}

/** What one decoder is fed. */
export function messages(generator) {
  return Array.from({ length: 1 + generator.random.below(3) }, () => message(generator));
}
