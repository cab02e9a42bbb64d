// An application that joins its room at each connect.
export function assume({ Manager }) {
  const socketOf = Manager.prototype.socket;
  Manager.prototype.socket = function (...args) {
    const socket = socketOf.apply(this, args);
    socket.on("connect", () => socket.emit("join", "room"));
    return socket;
  };
}
