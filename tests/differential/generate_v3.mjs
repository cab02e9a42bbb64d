// Engine.IO 3: packets and payloads, mostly valid, then one small thing wrong.

const TYPES = ["0", "1", "2", "3", "4", "4", "4", "5", "6"];
const OTHER_TYPES = ["7", "9", "a", "", " ", "-", "+", "b", "=", "\u0000", "é", "\u2028", "\ud800", "\udc41", "\u{1f600}", "\u{1f441}", "\u{1f43d}"];
const DATA = ["", "probe", "hello", "é\u{1f600}", "\u{1f600}", "\ud800", "\udc00\ud800", "\u0000\"\\", ":", "1:4", "日本語", "x".repeat(17)];
const BASE64 = ["", "AQID", "AQ==", "A", "A-_/+", "AQ ID", "=AQ", "AQ=Q", "A\u0141", "\u{1f600}AQ", "é!AQ", "AQIDBAUGBwg=", "\u{1f441}AQ"];
const BYTES = [0, 0, 1, 1, 2, 9, 10, 12, 99, 100, 200, 0x34, 0x62, 0x80, 0xa0, 0xbf, 0xc2, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0xfe, 255, 255];
const BAD_UTF8 = ["ff", "80", "c3", "c080", "e0809f", "eda080", "edbfbf", "eda080edb080", "f0808080", "f4908080", "f09f98", "e282", "f5", "fe41", "c341"];

/** A packet in text form. */
export function packet(generator) {
  const r = generator.random;
  if (r.chance(0.2)) return "b" + r.pick(r.chance(0.8) ? TYPES : OTHER_TYPES) + r.repeat(r.below(3), () => r.pick(BASE64));
  const type = r.pick(r.chance(0.97) ? TYPES : OTHER_TYPES);
  const data = r.chance(0.1) ? generator.packet().text : r.pick(DATA);
  return r.chance(0.05) ? generator.mutate(type + data) : type + data;
}

/** A packet in binary form, of any type. */
function binaryPacket(generator) {
  const r = generator.random;
  if (r.chance(0.05)) return Buffer.alloc(0);
  return Buffer.concat([Buffer.from([r.chance(0.9) ? r.below(7) : r.below(256)]), generator.binary()]);
}

/** A length in one of the ways in which Number() reads it. */
function spell(length, random) {
  const spellings = [
    `0x${length.toString(16)}`, `0X${length.toString(16).toUpperCase()}`, `0b${length.toString(2)}`, `0o${length.toString(8)}`,
    `+${length}`, ` ${length}`, `${length}\n`, `\ufeff${length}\u00a0`, `\u2028\t${length}`, `${length}.`, `${length}.0`, `${length}e0`, `00${length}`,
    `${length * 10}e-1`, `${length / 10}e1`, `${length}.00000000000000000001`, `0.${"0".repeat(25)}${length}e26`, `${"0".repeat(random.below(400))}${length}`,
    // What it does not read so, or not at all.
    `${length}.5`, `-${length}`, `-0x${length}`, `${length}n`, `${length}_`, `${length}e400`, "Infinity", "-Infinity", "NaN", "", "0", "-0", " ", "0x", "1e-400",
    `${length}\u180e`, `${length}\u200b`, `\ud800${length}`, `\udc00${length}`, `${length}\u{1f600}`, "9007199254740993", "4294967297", `4294967296${length}`,
  ];
  return random.pick(spellings);
}

function payload(generator) {
  const r = generator.random;
  let text = r.repeat(r.below(7), () => {
    const body = packet(generator);
    if (r.chance(0.9)) return `${body.length}:${body}`;
    if (r.chance(0.7)) return `${spell(body.length, r)}:${body}`;
    return `${body.length + r.pick([-1, 1, -2, 2])}:${body}`;
  });
  if (r.chance(0.1)) text += r.pick(["0:", "0:0:", ":", "1", "1:", " ", "-0:", "\ud83d", "0x:", " :"]);
  if (r.chance(0.1)) text = generator.mutate(text);
  return text;
}

/** Lone surrogates that meet here are one character on the way to decode. */
export function payloads(generator) {
  return Array.from({ length: 1 + generator.random.below(2) }, () => payload(generator));
}

/** WebSocket messages. */
export function messages(generator) {
  const r = generator.random;
  return Array.from({ length: 1 + r.below(4) }, () => (r.chance(0.3) ? binaryPacket(generator) : packet(generator)));
}

function byteString(generator) {
  const r = generator.random;
  const text = Buffer.from(packet(generator));
  if (r.chance(0.85)) return text;
  const at = r.below(text.length + 1);
  return Buffer.concat([text.subarray(0, at), Buffer.from(r.pick(BAD_UTF8), "hex"), text.subarray(at)]);
}

/** The bytes of a length: digits; now and then others whose decimal text comes to as much, or not. */
function lengthBytes(length, random) {
  const digits = Array.from(String(length), Number);
  if (random.chance(0.93)) return digits;
  switch (random.below(6)) {
    case 0: return [length]; // One byte: a mistake that is easily made.
    case 1: return [...Array(random.pick([1, 3, 300, 308, 309, 310, 311, 312])).fill(0), ...digits];
    case 2: return [];
    case 3: return [...digits, random.below(256)];
    case 4: return Array(random.pick([20, 103, 104, 155, 156, 310, 311])).fill(random.pick([9, 10, 99, 100, 254]));
    default: return [random.below(256), random.below(256)];
  }
}

function frame(generator) {
  const r = generator.random;
  const isText = r.chance(0.6);
  const body = isText ? byteString(generator) : binaryPacket(generator);
  const type = r.chance(0.97) ? (isText ? 0 : 1) : r.pick(BYTES);
  const length = r.chance(0.96) ? body.length : Math.max(0, body.length + r.pick([-1, 1, -2, 2, 100]));
  const end = r.chance(0.98) ? [255] : [];
  return Buffer.concat([Buffer.from([type, ...lengthBytes(length, r), ...end]), body]);
}

function binaryPayload(generator) {
  const r = generator.random;
  let body = Buffer.concat(Array.from({ length: r.below(7) }, () => frame(generator)));
  if (!r.chance(0.2)) return body;
  const at = r.chance(0.4) ? r.below(6) : r.below(body.length + 1);
  const piece = Buffer.from([r.pick(BYTES)]);
  switch (r.below(3)) {
    case 0: body = Buffer.concat([body.subarray(0, at), piece, body.subarray(at)]); break;
    case 1: body = Buffer.concat([body.subarray(0, at), piece, body.subarray(at + 1)]); break;
    default: body = body.subarray(0, at);
  }
  return body;
}

export function binaryPayloads(generator) {
  return Array.from({ length: 1 + generator.random.below(2) }, () => binaryPayload(generator));
}
