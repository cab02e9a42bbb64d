// socket.io-parser 4.2.
import { Decoder, PacketType } from "socket.io-parser";
import { answer, print } from "../answer.mjs";

export default {
  share: 14,
  args: ["--layer", "socketio"],
  frames: (generator) => generator.socketFrames(),
  judge(frames) {
    const decoder = new Decoder();
    let sink;
    decoder.on("decoded", ({ type, nsp, id, data }) => sink.push(print({ type: PacketType[type], nsp, id, data })));
    const result = answer((frame, packets) => {
      sink = packets;
      decoder.add(frame);
    }, frames);
    const waiting = decoder.reconstructor;
    return { ...result, pending: waiting ? Math.max(0, waiting.reconPack.attachments - waiting.buffers.length) : 0 };
  },
  cases: [],
};
