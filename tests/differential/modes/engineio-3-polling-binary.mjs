// engine.io-parser 2.2, a binary polling payload a frame.
import parser from "engine.io-parser-v3";
import { answer, take } from "../answer.mjs";
import { binaryPayloads } from "../generate_v3.mjs";

export default {
  share: 3,
  args: ["--layer", "engineio", "--eio", "3", "--transport", "polling"],
  frames: binaryPayloads,
  judge(frames) {
    const feed = (frame, packets) => parser.decodePayload(frame, (packet) => take(packet, packets));
    return { ...answer(feed, frames), pending: 0 };
  },
  cases: [
    { says: "text and bytes", frames: [Buffer.from("0002ff34610103ff040102", "hex")] },
    { says: "a byte above 9 is as many digits as its decimal text", frames: [Buffer.from("010cff73" + "61".repeat(12) + "0001ff32", "hex")] },
    { says: "no digits: an empty packet, and the end of its head is the next type", frames: [Buffer.from("01ff02ff047a", "hex")] },
    { says: "written out surrogates become U+FFFD", frames: [Buffer.from("0004ff34eda0bd", "hex")] },
    { says: "base64 is read byte by byte", frames: [Buffer.from("0004ff6234c3a9", "hex")] },
    { says: "310 digits and one more", frames: [Buffer.from("01" + "00".repeat(311) + "ff04", "hex"), Buffer.from("01" + "00".repeat(312) + "ff04", "hex")] },
    { says: "the last packet may be short, a head may not", frames: [Buffer.from("0109ff047a", "hex"), Buffer.from("0001ff3201", "hex")] },
    { says: "no bytes are no packets", frames: [Buffer.alloc(0)] },
  ],
};
