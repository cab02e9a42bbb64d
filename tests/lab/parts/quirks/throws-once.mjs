// A listener that throws at a perfectly good event. Client 4.5.2 takes that for a parse error, and leaves its
// connection open: a leak without a bad packet.
export function assume({ Manager }) {
  let thrown = false;
  const socketOf = Manager.prototype.socket;
  Manager.prototype.socket = function (...args) {
    const socket = socketOf.apply(this, args);
    socket.on("news", () => {
      if (thrown) return;
      thrown = true;
      throw new Error("a bug of the application's");
    });
    return socket;
  };
}
