// The mistake of socketio/socket.io#4919: a listener registered inside `connect`, so one more with each reconnect.
export function assume({ Manager }) {
  const socketOf = Manager.prototype.socket;
  Manager.prototype.socket = function (...args) {
    const socket = socketOf.apply(this, args);
    socket.on("connect", () => socket.on("question", () => socket.emit("answer", "me")));
    return socket;
  };
}
