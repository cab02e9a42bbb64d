// What `./dev bench decode` has decoded. Each workload is one pass of it: a list of messages that differ in their values and
// not in their form, so that nobody can learn one text by heart. Strings are text messages, Buffers binary ones.
import { Random } from "../differential/random.mjs";

const kVariants = 64; // Of a 1 KB event: 64 KB, more than the nearest cache holds.
const random = new Random(20_261_126);

const kWords = `the server sent it again because nobody answered in time and then every client came back at once so we
  looked at what was on the wire and found two sessions of one page both alive one of them forgotten`.split(/\s+/);
const digits = (count) => random.repeat(count, () => random.below(10));
const hex = (count) => random.repeat(count, () => random.below(16).toString(16));
const words = (length) => {
  let text = "";
  while (text.length < length) text += (text && " ") + random.pick(kWords);
  return text.slice(0, length).replace(/ $/, "s");
};

/** `42["news",...]` of 60 bytes: a string, a number and a literal, as small events are. */
const event60 = () => {
  const packet = `42["news",{"id":${1 + random.below(9)}${digits(4)},"title":"","new":${random.pick(["true", "null"])}}]`;
  return packet.replace('""', `"${words(60 - packet.length)}"`);
};

/** 1,024 bytes: what a chat or a shop sends. Its long text makes up the length. */
const event1k = () => {
  const item = () => ({
    sku: `${hex(4)}-${digits(5)}`.toUpperCase(),
    quantity: 1 + random.below(20),
    price: (100 + random.below(99_900)) / 100,
    tags: [random.pick(kWords), random.pick(kWords)],
  });
  const order = {
    id: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
    at: 1_764_143_000_000 + random.below(1_000_000_000),
    user: {
      id: random.below(1_000_000),
      name: `${words(5)} ${words(9)}`,
      avatar: `https://cdn.example.org/avatars/${hex(16)}.png`,
      roles: ["member", random.pick(["editor", "viewer"])],
      verified: random.chance(0.5),
    },
    items: [item(), item(), item(), item()],
    shipping: { lat: 48 + random.below(1e6) / 1e6, lon: -random.below(1e6) / 1e6, express: random.chance(0.5), note: null },
    text: "",
  };
  const packet = `42${JSON.stringify(["order:updated", order])}`;
  // With what JSON has to escape in it, now and then.
  const text = `${words(24)}: \\"${words(40)}\\"\\n${words(1024)}`.slice(0, 1024 - packet.length);
  return packet.replace('"text":""', () => `"text":"${text}"`);
};

/** 16 KB of short tokens, as positions, quotes or readings come: few bytes each, and no two alike. */
const dense16k = () => {
  const items = [];
  for (let size = 0; size < 16_000; size += JSON.stringify(items.at(-1)).length + 1)
    items.push({ id: random.below(random.pick([1000, 30_000])), ok: random.chance(0.5), at: [random.below(random.pick([10, 100])), random.below(100)] });
  return `42${JSON.stringify(["echo", items])}`;
};

const attachment1k = () => [
  '451-["x",{"_placeholder":true,"num":0}]',
  Buffer.from(Array.from({ length: 1024 }, () => random.below(256))),
];

const variants = (make) => Array.from({ length: kVariants }, make).flat();

/** `transport` says how its messages come: each in a WebSocket frame, or all in the body of one poll. */
export const workloads = [
  { name: "60B", title: "60 B event", transport: "websocket", messages: variants(event60) },
  { name: "1KB", title: "1 KB event", transport: "websocket", messages: variants(event1k) },
  { name: "16KB-dense", title: "16 KB, dense", transport: "websocket", messages: Array.from({ length: 16 }, dense16k) },
  { name: "attachment", title: "1 KB attachment", transport: "websocket", messages: variants(attachment1k) },
  { name: "polling", title: "100-packet payload", transport: "polling", messages: Array.from({ length: 100 }, event60) },
];

/** The messages as bytes on the wire: frames of a server, or the body. */
export const wire = ({ transport, messages }) =>
  transport === "polling" ? Buffer.from(messages.join("\x1e")) : Buffer.concat(messages.flatMap(frame));

/** Source: RFC 6455, section 5.2. */
function frame(message) {
  const payload = Buffer.from(message);
  const opcode = 0x80 | (typeof message === "string" ? 1 : 2);
  if (payload.length < 126) return [Buffer.from([opcode, payload.length]), payload];
  return [Buffer.from([opcode, 126, payload.length >> 8, payload.length & 255]), payload];
}

/** Bytes that the parsers see in one pass: without frame headers. */
export const payloadBytes = (workload) =>
  workload.transport === "polling" ? wire(workload).length
                                   : workload.messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
