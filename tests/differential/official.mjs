// What the official parsers make of a sequence of frames, in the form `sioscope decode` answers.

import { Decoder, PacketType } from "socket.io-parser";
import { decodePacket, decodePayload } from "engine.io-parser";

/** JSON.stringify, with Buffers as {"$base64":...}. */
export function print(value) {
  return JSON.stringify(value, function (key, shown) {
    const held = this[key];
    return Buffer.isBuffer(held) ? { $base64: held.toString("base64") } : shown;
  });
}

function answer(feed, frames) {
  const packets = [];
  let error = null;
  for (let i = 0; i < frames.length && error === null; i++) {
    try {
      feed(frames[i], packets);
    } catch (thrown) {
      error = { frame: i, reason: thrown.message };
    }
  }
  return { packets: `[${packets.join(",")}]`, error };
}

export function socketio(frames) {
  const decoder = new Decoder();
  let sink;
  decoder.on("decoded", ({ type, nsp, id, data }) => sink.push(print({ type: PacketType[type], nsp, id, data })));
  const result = answer((frame, packets) => {
    sink = packets;
    decoder.add(frame);
  }, frames);
  const waiting = decoder.reconstructor;
  return { ...result, pending: waiting ? Math.max(0, waiting.reconPack.attachments - waiting.buffers.length) : 0 };
}

function take(packet, packets) {
  if (packet.type === "error") throw new Error(packet.data);
  packets.push(print(packet));
}

export function websocket(frames) {
  return { ...answer((frame, packets) => take(decodePacket(frame), packets), frames), pending: 0 };
}

export function polling(frames) {
  const feed = (frame, packets) => {
    for (const packet of decodePayload(frame)) take(packet, packets);
  };
  return { ...answer(feed, frames), pending: 0 };
}
