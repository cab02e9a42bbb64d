// engine.io-parser 5, a polling payload a frame.
import { decodePayload } from "engine.io-parser";
import { answer, take } from "../answer.mjs";

export default {
  share: 3,
  args: ["--layer", "engineio", "--transport", "polling"],
  frames: (generator) => generator.pollingFrames(),
  judge(frames) {
    const feed = (frame, packets) => {
      for (const packet of decodePayload(frame)) take(packet, packets);
    };
    return { ...answer(feed, frames), pending: 0 };
  },
  cases: [],
};
