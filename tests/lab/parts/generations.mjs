// The generations of socket.io and what differs between them for the lab: only here, so that scenarios stay the same.
//
//   server   engine.io   speaks                              for catching any event
//   2.5.1    3.6         Engine.IO 3                         no onAny: a middleware, `use`
//   3.1.2    4.1         Engine.IO 4, and 3 if allowed       onAny
//   4.x      5.1 … 6.6   the same                            onAny
//
// All have `io.engine`, `conn.id`, the engine's events "packetCreate", "flush" and "packet", and `socket.conn`.

const kPackage = { "4.8.4": "socket.io" };
export const kPresent = "4.8.4";

/** A server of that generation on `http`. Its namespaces of the start are those `serve` makes. */
export async function attach(generation, http, options) {
  const loaded = await import(kPackage[generation] ?? `server-${generation}`);
  const Server = loaded.Server ?? loaded.default; // 2.x is the class itself.
  return new Server(http, options);
}

// The adapter that npm installs for it today (2.3.3) hands an array of frames to an engine that wants one frame, and
// what goes out is the array as text, joined by commas. For a text that is right by chance; a binary broadcast is
// broken, and no parser reads it.
export const breaksBinaryBroadcasts = (generation) => generation === "4.1.3";
export const asWritten = (data) => (Array.isArray(data) ? String(data) : data);

/** The Engine.IO revision that this session speaks. Before engine.io 4 there was but one. */
export const revisionOf = (conn) => conn.protocol ?? 3;

// Inside ws, which tells nobody what its handshake agreed on nor how much it has written.
export const agreedDeflate = ({ transport }) => transport.socket._extensions["permessage-deflate"]?.params ?? null;
export const bytesWritten = ({ transport }) => transport.socket._socket.bytesWritten;

export const namespacesOf = (io) => [...(io._nsps?.values() ?? Object.values(io.nsps))];

/** Calls `hear(event, ...args)` for every event of a server's or a client's socket; the last one may ask for an ack. */
export function onAny(socket, hear) {
  if (socket.onAny) socket.onAny(hear);
  else if (socket.use) socket.use((args, next) => next(void hear(...args)));
  else hearAll(socket, hear);
}

/** socket.io-client 2.x has nothing of the kind: what it emits to its listeners is looked at. */
function hearAll(socket, hear) {
  const { onevent } = socket;
  socket.onevent = (packet) => {
    const answer = packet.id != null ? [socket.ack(packet.id)] : [];
    hear(...packet.data, ...answer);
    onevent.call(socket, packet);
  };
}
