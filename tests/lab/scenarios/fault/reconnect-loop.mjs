export default {
  says: "a server greets every connection with a bad packet: a client that copes closes and comes back, again and again",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },
  expect: { lossy: true, faults: { "storm/reconnect-loop": "likely" } },

  serve(io) {
    let bad = 6; // For ever, in real life.
    io.on("connection", (socket) => bad-- > 0 && socket.emit(null, null));
  },

  async play({ server, tab }) {
    const client = tab();
    await client.settled(7);
    server.io.emit("news");
    await client.hears("news");
  },
};
