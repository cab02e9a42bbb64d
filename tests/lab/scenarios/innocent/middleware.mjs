export default {
  says: "a middleware refuses a stranger, as it should",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket"] },
  claims: {},

  serve(io) {
    io.use((socket, next) => next(socket.handshake.auth.token ? undefined : new Error("who are you?")));
  },

  async play({ server, tab }) {
    const stranger = tab();
    const friend = tab({ auth: { token: "x" } });
    await Promise.all([friend.settled(), stranger.refused(/who are you/)]);
    server.io.emit("news");
    await friend.hears("news");
    await stranger.kill();
  },
};
