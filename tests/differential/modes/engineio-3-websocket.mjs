// engine.io-parser 2.2, a WebSocket message a frame.
import parser from "engine.io-parser-v3";
import { answer, take } from "../answer.mjs";
import { messages } from "../generate_v3.mjs";

export default {
  share: 2,
  args: ["--layer", "engineio", "--eio", "3", "--transport", "websocket"],
  frames: messages,
  judge: (frames) => ({ ...answer((frame, packets) => take(parser.decodePacket(frame), packets), frames), pending: 0 }),
  cases: [],
};
