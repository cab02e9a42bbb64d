// Frame sequences: mostly valid packets of every kind, then one small thing wrong. Texts are made of
// source text, not of values, to reach what no encoder writes.

const SPACES = ["", "", "", "", " ", "\n", "\t", "\r", "  "];
const JS_SPACES = [" ", "\t", "\n", "\v", "\f", "\r", "\u00a0", "\u1680", "\u2000", "\u200a", "\u2028",
  "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"];
const NEARLY_SPACES = ["\u0085", "\u180e", "\u200b", "\u2060", "\u001c", "\u0000", "\ud800", "\u{1f600}"];
const NUMBERS = ["0", "-0", "1", "2", "9", "10", "0.5", "1.5", "1e0", "1E+2", "1e-7", "1e21", "123456789012345678901",
  "1e999", "-1e999", "1e-999", "5e-324", "0.1", "100000000000000000000", "1000000000000000000000", "9007199254740993",
  "4.35", "0.000001", "0.0000001", "1.7976931348623157e308", "1.7976931348623159e308", "2.5e-324", "-1"];
const BAD_NUMBERS = ["00", "01", "1.", ".5", "-", "+1", "1e", "0x1", "Infinity", "NaN", "-01", "1.e1", "True", "nul", "undefined"];
const STRINGS = ["a", "x", "", "ok", "é", "\u2028", "\u{1f600}", "\\n", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00",
  "\\ude00\\ud83d", "\ud83d", "\ude00", "\\/", "\\\"", "\\\\", "\\b\\f\\r\\t", "\\u007f", "\u007f", "connect", "0123456789abcdefghijklmn",
  "'", "$base64", "\\uD83D", "\\uDE00"];
const BAD_STRINGS = ["\\x", "\\u12", "\\u12G4", "\n", "\u0000", "\u001f", "\\", "\""];
const KEYS = ["a", "b", "0", "1", "10", "2", "01", "-1", "4294967294", "4294967295", "__proto__", "_placeholder",
  "_placeholder", "num", "num", "\\u005fplaceholder", "n\\u0075m", "toJSON", "length", "constructor", "", "sid", "\\ud800", "hasOwnProperty"];
const EVENTS = ["a", "news", "error", "message", "Connect", "connect ", "connec", "__proto__", "", "toString", "d\\u0069sconnected"];
const RESERVED_EVENTS = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
  "conn\\u0065ct", "\\u0064isconnect", "\\u006eewListener"];
const COUNTS = ["1", "1", "1", "2", "2", "3", "0", "10", "11", "", "01", "1e0", "1e1", "1.0", "0x1", "0X2", "0b1", "0o2", "+1",
  " 1", "1 ", "\u00a01\ufeff", "1.5", "x", "Infinity", "1e400", "1e-400", "0x", "0b12", "1_0", ".1e1", "1.", ".", "10.0000000000000000001",
  "1.00000000000000000000001", "9007199254740993", "\u180e1", "\u{1f600}", "e1", "1e", "--1", "+", "0x1p0", "inf", "nan", "1e+0"];
const NAMESPACES = ["", "", "", "", "/", "/,", "/admin,", "/admin", "/a?b=c,", "/é,", "/\u{1f600}\ud800,", "//,", "/a,/b,", "/[\"x\"],", ","];
const IDS = ["", "", "", "0", "1", "12", "007", "9007199254740993", "1".repeat(25), "9".repeat(320), " ", " 1", "1 2", "1 ", "\ufeff3",
  "\u20281", "1e5", "1.5", "-1", "0x1", "+1", "18446744073709551615", "18446744073709551616"];
const BASE64 = ["", "AQID", "AQI=", "AQ==", "A", "AQ", "A-_/+", "AQ ID", "AQ\nID==", "=AQ", "AQ=Q", "A\u0141", "\u{1f600}AQ", "é!AQ", "\u2028AAA", "AQIDBAUGBwg="];
const MUTANTS = ["", "\"", "\\", "[", "]", "{", "}", ",", ":", "-", "/", "0", "1", "5", "9", "e", ".", "n", "t", "b", "\u001e", ...JS_SPACES, ...NEARLY_SPACES];

export class Generator {
  constructor(random) {
    this.random = random;
    this.dirty = false; // Whether this packet may hold what is no JSON.
  }

  /** Now and then, in a dirty packet. */
  slips() {
    return this.dirty && this.random.chance(0.1);
  }

  space() {
    return this.random.pick(SPACES);
  }

  string() {
    const r = this.random;
    return `"${r.repeat(r.below(3), () => r.pick(this.slips() ? BAD_STRINGS : STRINGS))}"`;
  }

  placeholder() {
    const r = this.random;
    const mark = r.chance(0.9) ? "true" : r.pick(["false", "1", "null", "\"true\"", "[]"]);
    const num = r.chance(0.9) ? String(r.below(2)) : r.pick([...NUMBERS, "null", "\"0\"", "true", "[0]", "{}"]);
    const members = [`"_placeholder":${mark}`, `"num":${num}`];
    if (r.chance(0.2)) members.reverse();
    if (r.chance(0.1)) members.splice(r.below(2), 1);
    if (r.chance(0.15)) members.splice(r.below(3), 0, `"${r.pick(KEYS)}":${this.value(1)}`);
    return `{${members.join(",")}}`;
  }

  value(depth) {
    const r = this.random;
    switch (r.below(depth > 0 ? 9 : 6)) {
      case 0: return r.pick(["null", "true", "false"]);
      case 1: return r.pick(this.slips() ? BAD_NUMBERS : NUMBERS);
      case 2: return String(r.chance(0.5) ? r.below(1e6) : (r.next() - 0.5) * 10 ** (r.below(60) - 30));
      case 3: case 4: return this.string();
      case 5: return this.placeholder();
      case 6: return this.array(r.below(4), depth - 1);
      default: return this.object(depth - 1);
    }
  }

  array(count, depth, first) {
    const elements = first === undefined ? [] : [first];
    while (elements.length < count) elements.push(this.value(depth));
    return `[${this.space()}${elements.join(this.space() + "," + this.space())}${this.space()}]`;
  }

  object(depth) {
    const r = this.random;
    const members = [];
    for (let i = r.below(4); i > 0; i--)
      members.push(`"${r.pick(KEYS)}"${this.space()}:${this.space()}${this.value(depth)}`);
    return `{${this.space()}${members.join(this.space() + "," + this.space())}${this.space()}}`;
  }

  nested() {
    const r = this.random;
    const depth = r.pick([3, 40, 64, 65, 128, 300]);
    const open = r.chance(0.5) ? "[" : '{"a":';
    const close = open === "[" ? "]" : "}";
    return open.repeat(depth) + this.value(1) + close.repeat(this.slips() ? depth - 1 : depth);
  }

  data(type) {
    const r = this.random;
    if (r.chance(0.05)) return this.nested();
    if (r.chance(0.05)) return this.value(2);
    switch (type) {
      case 0: return r.chance(0.5) ? "" : this.object(2);
      case 1: return "";
      case 4: return r.chance(0.5) ? this.object(2) : this.string();
      case 3: case 6: return this.array(r.below(4), 3);
      default: {
        const name = r.chance(0.9) ? `"${r.pick(r.chance(0.93) ? EVENTS : RESERVED_EVENTS)}"` : this.value(1);
        return this.array(1 + r.below(4), 3, name);
      }
    }
  }

  /** A Socket.IO packet's text and how many attachments it announces. */
  packet() {
    const r = this.random;
    this.dirty = r.chance(0.2);
    const type = r.pick([0, 1, 2, 2, 2, 3, 4, 5, 5, 5, 5, 6, 6]);
    const isBinary = type >= 5;
    const count = isBinary ? r.pick(r.chance(0.9) ? COUNTS.slice(0, 6) : COUNTS) : "";
    const dash = isBinary && r.chance(0.99) ? "-" : "";
    const ns = r.chance(0.8) ? "" : r.pick(NAMESPACES);
    const id = r.chance(0.75) ? "" : r.pick(IDS);
    const text = type + count + dash + ns + id + this.data(type);
    return { text: r.chance(0.15) ? this.mutate(text) : text, attachments: Math.min(Number(count) || 0, 11) };
  }

  mutate(text) {
    const r = this.random;
    for (let i = 1 + r.below(2); i > 0; i--) {
      const at = r.chance(0.3) ? r.below(4) : r.below(text.length + 1);
      const piece = r.pick(MUTANTS);
      switch (r.below(4)) {
        case 0: text = text.slice(0, at) + piece + text.slice(at); break;
        case 1: text = text.slice(0, at) + piece + text.slice(at + 1); break;
        case 2: text = text.slice(0, at); break;
        default: text = text.slice(0, at) + text.slice(at, at + 1 + r.below(4)) + text.slice(at);
      }
    }
    return text;
  }

  binary() {
    const r = this.random;
    const bytes = Buffer.alloc(r.below(6));
    for (let i = 0; i < bytes.length; i++) bytes[i] = r.below(256);
    return bytes;
  }

  /** What one Socket.IO decoder is fed: strings and Buffers. */
  socketFrames() {
    const r = this.random;
    const frames = [];
    for (let i = 1 + r.below(3); i > 0; i--) {
      const { text, attachments } = this.packet();
      frames.push(text);
      for (let k = attachments; k > 0; k--) frames.push(this.binary());
      if (r.chance(0.05)) frames.splice(1 + r.below(frames.length), 0, r.chance(0.5) ? this.binary() : this.packet().text);
      if (r.chance(0.05)) frames.splice(r.below(frames.length), 1);
    }
    return frames;
  }

  enginePacket() {
    const r = this.random;
    if (r.chance(0.25)) return "b" + r.repeat(1 + r.below(2), () => r.pick(BASE64));
    const type = r.chance(0.95) ? r.pick(["0", "1", "2", "3", "4", "4", "4", "5", "6"]) : r.pick(["7", "a", "", " ", "\u{1f600}", "B"]);
    const data = r.pick(["", "probe", "hello", "é\u{1f600}", "\ud800", "\u0000\"\\", this.packet().text]);
    return r.chance(0.1) ? this.mutate(type + data) : type + data;
  }

  websocketFrames() {
    const r = this.random;
    return Array.from({ length: 1 + r.below(4) }, () => (r.chance(0.15) ? this.binary() : this.enginePacket()));
  }

  pollingFrames() {
    const r = this.random;
    const payload = () => Array.from({ length: r.chance(0.95) ? 1 + r.below(4) : 0 }, () => this.enginePacket()).join("\u001e");
    return Array.from({ length: 1 + r.below(2) }, () => (r.chance(0.02) ? this.binary() : payload()));
  }
}
