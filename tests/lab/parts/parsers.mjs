// The parsers an app may choose (`parser` of socket.io and its client), and how the lab reads what they write.
//
//   load()          the module for socket.io's `parser` option; none for Socket.IO's own
//   read(data)      the event in an Engine.IO message, as readEvent() tells it
//   poison(io)      broadcasts a packet that the clients' decoder throws at
//   quotes(packet)  whether that is the poison as a finding may quote it
//   foreign         sioscope cannot read it, and says so
import { decode } from "notepack.io";
import * as binaryParser from "./parsers/binary.mjs";
import * as textParser from "./parsers/text.mjs";
import { readEvent } from "./wire.mjs";

export const parsers = {
  // What every client since 4.5.2 refuses and 4.1.3 accepts: `42[null,null]`.
  json: {
    read: readEvent,
    poison: (io) => io.emit(null, null),
    quotes: (packet) => packet?.startsWith("42[null,null"),
  },
  // The decoder of socket.io-msgpack-parser takes any name, but no id that is neither absent nor a number: what an
  // encoder writes that fills in null for what is not there.
  msgpack: {
    load: async () => (await import("socket.io-msgpack-parser")).default,
    read: readMsgpack,
    poison: (io) =>
      io.of("/").adapter.broadcast({ type: 2, data: ["news"], id: null }, { rooms: new Set(), except: new Set() }),
    quotes: (packet) => packet?.length > 0,
  },
  text: { load: async () => textParser, read: textParser.read, foreign: true },
  binary: { load: async () => binaryParser, read: binaryParser.read, foreign: true },
};

function readMsgpack(data) {
  if (typeof data === "string") return null;
  const packet = decode(data);
  if (packet.type !== 2) return null;
  const legal = Array.isArray(packet.data) && (packet.id === undefined || Number.isInteger(packet.id));
  return { nsp: packet.nsp, event: legal ? String(packet.data[0]) : null, text: data.toString("base64") };
}
