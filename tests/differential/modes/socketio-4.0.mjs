// socket.io-parser 4.0.
import { Decoder, PacketType } from "socket.io-parser-4.0";
import { judgeSocket } from "../answer.mjs";

const mark = (num) => `{"_placeholder":true,"num":${num}}`;
const BINARY = Buffer.from([1, 2]);

export default {
  share: 7,
  args: ["--layer", "socketio", "--dialect", "4.0"],
  frames: (generator) => generator.socketFrames(),
  judge: (frames) => judgeSocket(new Decoder(), PacketType, frames),
  cases: [
    { says: "no attachments: handed on at once, placeholders and all", frames: [`50-["x",${mark(0)}]`] },
    { says: "no digits are none", frames: ['5-["x"]'] },
    { says: "after no attachments a text is too much", frames: ['50-["x"]', '2["y"]'] },
    { says: "after no attachments binary is swallowed", frames: ['50-["x"]', BINARY, BINARY] },
    { says: "one and a half attachments never come", frames: ['51.5-["x"]', BINARY, BINARY] },
    { says: "Infinity attachments are null", frames: ['5Infinity-["x"]', BINARY] },
    { says: "more attachments than any integer holds", frames: ['51e21-["x"]', BINARY] },
    { says: "eleven attachments come", frames: [`511-["x",${mark(10)}]`, ...Array(11).fill(BINARY)] },
    { says: "an event may be named null", frames: ["2[null]"] },
    { says: "an event must be named", frames: ["2[]"] },
    { says: "CONNECT takes null", frames: ["0null"] },
    { says: "hasOwnProperty is asked for", frames: ['51-["x",{"hasOwnProperty":1}]', BINARY] },
    { says: "hasOwnProperty before a misfit", frames: [`51-["x",{"hasOwnProperty":1},${mark(7)}]`, BINARY] },
    { says: "a misfit before hasOwnProperty", frames: [`51-["x",${mark(7)},{"hasOwnProperty":1}]`, BINARY] },
    { says: "members are walked in JavaScript's order", frames: [`51-["x",{"b":${mark(7)},"1":{"hasOwnProperty":1}}]`, BINARY] },
    { says: "nobody asks a placeholder", frames: ['51-["x",{"hasOwnProperty":1,"_placeholder":true,"num":0}]', BINARY] },
  ],
};
