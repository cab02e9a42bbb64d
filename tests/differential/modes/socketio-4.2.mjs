// socket.io-parser 4.2.
import { Decoder, PacketType } from "socket.io-parser";
import { judgeSocket } from "../answer.mjs";

export default {
  share: 14,
  args: ["--layer", "socketio"],
  frames: (generator) => generator.socketFrames(),
  judge: (frames) => judgeSocket(new Decoder(), PacketType, frames),
  cases: [],
};
