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

/** Bytes in hex, and text between slashes, which brings its head: "82 /type/ 02 /nsp/ a1 2f". */
const bytes = (source) =>
  Buffer.concat(
    source.split("/").map((piece, i) => {
      const isText = i % 2 === 1;
      const content = isText ? Buffer.from(piece) : Buffer.from(piece.replace(/ /g, ""), "hex");
      return isText ? Buffer.concat([Buffer.from([0xa0 | content.length]), content]) : content;
    }),
  );
const kRoot = "/nsp/ a1 2f";
const event = (data) => bytes(`83 /type/ 02 ${kRoot} /data/ ${data}`);
const packet = (type, data) => bytes(`83 /type/ ${type} ${kRoot} /data/ ${data}`);

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
  cases: [
    { says: "an event in every order of its members", frames: [bytes(`84 /id/ 07 /data/ 92 /a/ c4 01 ff ${kRoot} /type/ 02`), event("91 /a/")] },
    { says: "text is taken for bytes, its first character for a type", frames: ["2[]"] },
    { says: "a digit or a space alone is a value without a type", frames: ["5"] },
    { says: "a byte order mark is a space", frames: ["\ufeff\u{1f600}"] },
    { says: "no text at all", frames: [""] },
    { says: "no byte at all", frames: [Buffer.alloc(0)] },
    { says: "null has no type to look at", frames: [bytes("c0")] },
    { says: "nor has undefined", frames: [bytes("d4 00 00")] },
    { says: "undefined whose byte is missing is one byte too long", frames: [bytes("d4 00")] },
    { says: "a number that is cut, in a message shorter than the number", frames: [bytes("cb 00")] },
    { says: "a number that is cut, in a longer message", frames: [bytes("82 /type/ ce 00")] },
    { says: "the second half of 64 bits is cut", frames: [bytes("81 /type/ cf 00 00 00 00 00")] },
    { says: "the type of an extension is cut", frames: [bytes("81 /type/ c8 00 01")] },
    { says: "a string that is cut shows at the end", frames: [bytes("81 /type/ a9 61")] },
    { says: "... or as the next value that is missing", frames: [bytes("82 /type/ a9 61")] },
    { says: "-0 is a type, and prints as CONNECT", frames: [bytes(`82 /type/ cb 80 00 00 00 00 00 00 00 ${kRoot}`)] },
    { says: "data that is undefined is absent", frames: [packet("01", "d4 00 00"), packet("00", "d4 00 00")] },
    { says: "an extension is an array", frames: [packet("02", "d5 05 01 02"), packet("02", "c7 00 05")] },
    { says: "an ArrayBuffer is none", frames: [packet("02", "c7 01 00 ff")] },
    { says: "a date is no object", frames: [packet("00", "d7 00 00 00 00 00 00 00 00 00")] },
    { says: "neither name nor number of arguments is looked at", frames: [event("90"), event("91 c0"), event("91 /connect/")] },
    { says: "an id may be negative and large", frames: [bytes(`84 /type/ 02 ${kRoot} /data/ 90 /id/ cb c3 e0 00 00 00 00 00 00`)] },
    { says: "... and no fraction", frames: [bytes(`84 /type/ 02 ${kRoot} /data/ 90 /id/ ca 3f c0 00 00`)] },
    { says: "the last of equal keys counts, in the place of the first", frames: [bytes(`85 /type/ 03 /data/ 91 83 /a/ 01 /b/ 02 /a/ 03 ${kRoot} /type/ 02 c4 02 6964 05`)] },
    { says: "keys that UTF-8 cannot tell apart are one", frames: [event("91 82 a1 ff 01 a1 fe 02")] },
    { says: "an array of one name is that name", frames: [bytes(`83 91 /type/ 02 ${kRoot} /data/ 90`)] },
    { says: "keys of every kind", frames: [event("91 89 01 00 c0 00 c3 00 d4 00 00 00 ca 7f c0 00 00 00 c7 01 00 61 00 80 00 d5 05 61 ff 00 93 01 91 02 c0 00")] },
    { says: "dates for keys, before the year 1 and beyond all years", frames: [event("91 83 d7 00 00 00 00 00 00 00 00 00 01 d7 00 ff ff c7 6e 39 4a 74 00 02 d7 00 7f ff ff ff ff ff ff ff 03")] },
    { says: "a map without toString() is no key", frames: [event("91 81 81 /__proto__/ c0 01")] },
    { says: "... nor one that has its own", frames: [event("91 81 81 /toString/ 01 01")] },
    { says: "... which shows after its value, before what follows", frames: [event("92 81 81 /toString/ 01 01 c1")] },
    { says: "... and not when the value fails", frames: [event("92 81 81 /toString/ 01 c1")] },
    { says: "fields come from a prototype", frames: [bytes(`82 /__proto__/ 82 /type/ 02 /data/ 91 /a/ ${kRoot}`)] },
    { says: "under a prototype of null, __proto__ is a member", frames: [event("91 82 /__proto__/ c0 /__proto__/ 01")] },
    { says: "a prototype that is no object is ignored", frames: [event("91 82 /__proto__/ 01 /a/ 01")] },
    { says: "a prototype that is an array or a date changes nothing that shows", frames: [event("92 82 /__proto__/ 91 01 /a/ 01 81 /__proto__/ d7 00 00 00 00 00 00 00 00 00")] },
    { says: "surrogates, overlong forms and cut characters become U+FFFD", frames: [event("94 a3 ed a0 80 a2 c0 80 a4 f0 9f 98 61 a2 e2 82")] },
    { says: "nesting of a thousand levels", frames: [Buffer.concat([event(""), Buffer.alloc(1000, 0x91), bytes("90")])] },
  ],
};
