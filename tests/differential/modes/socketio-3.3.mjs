// socket.io-parser 3.3.
import parser from "socket.io-parser-3.3";
import { judgeSocket } from "../answer.mjs";

const BINARY = Buffer.from([1, 2]);

export default {
  share: 7,
  args: ["--layer", "socketio", "--dialect", "3.3"],
  frames: (generator) => generator.socketFrames(),
  judge: (frames) => judgeSocket(new parser.Decoder(), parser.types, frames),
  cases: [
    { says: "an unknown type becomes an ERROR packet, and decoding goes on", frames: ["7", "x", '2["x"]'] },
    { says: "an unknown type is a text too many", frames: ['51-["x"]', "7"] },
    { says: "type 4 is ERROR", frames: ['4/a,"no"'] },
    { says: "ERROR takes null", frames: ["4null"] },
    { says: "no attachments are refused", frames: ['50-["x"]'] },
    { says: "eleven attachments are refused", frames: ['511-["x"]'] },
    { says: "no name is reserved", frames: ['2["connect"]'] },
    { says: "hasOwnProperty is a member like others", frames: ['51-["x",{"hasOwnProperty":{"_placeholder":true,"num":0}}]', BINARY] },
  ],
};
