// An application that takes its time to answer: until its connection was lost and made again. The answer goes out on
// the new one, since an ack's callback asks nobody whether its namespace is joined there.
export function assume({ Manager, tell }) {
  const socketOf = Manager.prototype.socket;
  Manager.prototype.socket = function (...args) {
    const socket = socketOf.apply(this, args);
    const { onAny } = socket;
    socket.onAny = (hear) => onAny.call(socket, (event, ...rest) => event === "confirm" || hear(event, ...rest));
    socket.on("confirm", (answer) => {
      tell({ happened: "heard", nsp: socket.nsp, args: ["confirm"] });
      this.once("open", () => setTimeout(answer)); // Once it has asked for its namespaces again.
    });
    return socket;
  };
}
