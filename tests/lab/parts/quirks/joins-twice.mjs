// A page with two components that both join the room, at each connect, and ask to hear of it.
export function assume({ Manager }) {
  const socketOf = Manager.prototype.socket;
  Manager.prototype.socket = function (...args) {
    const socket = socketOf.apply(this, args);
    for (const _ of ["a list", "a chat"]) socket.on("connect", () => socket.emit("join", "room", () => {}));
    return socket;
  };
}
