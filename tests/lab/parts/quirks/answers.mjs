// An application that answers each question with an event, from a listener that it registered once.
export function assume({ Manager }) {
  const socketOf = Manager.prototype.socket;
  Manager.prototype.socket = function (...args) {
    const socket = socketOf.apply(this, args);
    socket.on("question", () => socket.emit("answer", "me"));
    return socket;
  };
}
