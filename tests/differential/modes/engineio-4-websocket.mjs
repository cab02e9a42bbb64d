// engine.io-parser 5, a WebSocket message a frame.
import { decodePacket } from "engine.io-parser";
import { answer, take } from "../answer.mjs";

export default {
  share: 3,
  args: ["--layer", "engineio", "--transport", "websocket"],
  frames: (generator) => generator.websocketFrames(),
  judge: (frames) => ({ ...answer((frame, packets) => take(decodePacket(frame), packets), frames), pending: 0 }),
  cases: [],
};
