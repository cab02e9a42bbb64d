// engine.io-parser 2.2, a WebSocket message a frame.
import parser from "engine.io-parser-v3";
import { answer, take } from "../answer.mjs";
import { messages } from "../generate_v3.mjs";

export default {
  share: 2,
  args: ["--layer", "engineio", "--eio", "3", "--transport", "websocket"],
  frames: messages,
  judge: (frames) => ({ ...answer((frame, packets) => take(parser.decodePacket(frame), packets), frames), pending: 0 }),
  cases: [
    { says: "every type, with and without data", frames: ["0{}", "1", "2probe", "3probe", "4", "4a", "5", "6"] },
    { says: "bytes of a type that is none", frames: [Buffer.from([7, 1]), Buffer.alloc(0), "b7AQID", "b"] },
    { says: "the digit of a type is no binary type", frames: [Buffer.from("4a")] },
    { says: "a type beyond ASCII is none", frames: ["\u{1f600}"] },
    { says: "an empty text is none", frames: [""] },
  ],
};
