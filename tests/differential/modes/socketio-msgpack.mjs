// socket.io-msgpack-parser 3.
import { types } from "node:util";
import { Decoder, PacketType } from "socket.io-msgpack-parser";
import { answer } from "../answer.mjs";
import { messages } from "../generate_msgpack.mjs";

process.env.TZ = "UTC"; // A date that is a key becomes text in the receiver's zone.

/** JSON.stringify, with binary as {"$base64":...}; what stands in a prototype, a toJSON() among it, is not asked. */
function print(value) {
  const binary = ArrayBuffer.isView(value) ? value : types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
  if (binary) return `{"$base64":"${Buffer.from(binary).toString("base64")}"}`;
  if (types.isDate(value)) return JSON.stringify(Date.prototype.toJSON.call(value));
  if (Array.isArray(value)) return `[${Array.from(value, (element) => print(element) ?? "null").join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = [];
  for (const key of Object.keys(value)) {
    const text = print(value[key]);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(",")}}`;
}

const bytes = (hex) => Buffer.from(hex.replace(/ /g, ""), "hex");

export default {
  share: 6,
  args: ["--layer", "socketio", "--parser", "msgpack"],
  frames: messages,
  judge(frames) {
    const decoder = new Decoder();
    let sink;
    decoder.on("decoded", ({ type, nsp, id, data }) => sink.push(print({ type: Object.keys(PacketType)[type], nsp, id, data })));
    const feed = (frame, packets) => {
      sink = packets;
      decoder.add(frame);
    };
    return { ...answer(feed, frames), pending: 0 };
  },
  cases: [],
};
