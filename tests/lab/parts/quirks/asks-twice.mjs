// A page with two components that ask for the price whenever it may have changed, each for itself.
export function assume({ Manager }) {
  const socketOf = Manager.prototype.socket;
  Manager.prototype.socket = function (...args) {
    const socket = socketOf.apply(this, args);
    for (const _ of ["a chart", "a ticker"]) socket.on("changed", () => socket.emit("get", "price"));
    return socket;
  };
}
