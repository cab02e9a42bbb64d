// The form in which `sioscope decode` answers, made of what the official parsers say.

/** JSON.stringify, with Buffers as {"$base64":...}. */
export function print(value) {
  return JSON.stringify(value, function (key, shown) {
    const held = this[key];
    return Buffer.isBuffer(held) ? { $base64: held.toString("base64") } : shown;
  });
}

/** Feeds the frames one by one until one is thrown at: what stands, and what was thrown. */
export function answer(feed, frames) {
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

/** An engine packet: an "error" packet counts as a throw. */
export function take(packet, packets) {
  if (packet.type === "error") throw new Error(packet.data);
  packets.push(print(packet));
}

/** What a Socket.IO decoder makes of the frames. */
export function judgeSocket(decoder, types, frames) {
  let sink;
  // A binary packet is handed on as what it is without its attachments.
  const name = (type) => types[type].replace("BINARY_", "");
  decoder.on("decoded", ({ type, nsp, id, data }) => sink.push(print({ type: name(type), nsp, id, data })));
  const result = answer((frame, packets) => {
    sink = packets;
    decoder.add(frame);
  }, frames);
  const waiting = decoder.reconstructor;
  return { ...result, pending: waiting ? Math.max(0, waiting.reconPack.attachments - waiting.buffers.length) : 0 };
}
