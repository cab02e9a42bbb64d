export default {
  says: "a server that greets every connection with a bad packet leaks a session at every reconnect, before any upgrade",
  over: { versions: ["4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 4, extra: 4, poisoned: true },

  serve(io) {
    let bad = 4; // For ever, in real life.
    io.on("connection", (socket) => bad-- > 0 && socket.emit(null, null));
  },

  async play({ server, tab }) {
    const client = tab();
    await client.settled(5);
    server.io.emit("news");
    await client.hears("news");
  },
};
