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
  cases: [],
};
