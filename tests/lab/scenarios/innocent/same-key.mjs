export default {
  says: "three users of a chat press the same key at once, again and again: each hears it of the others",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  serve(io) {
    io.on("connection", (socket) => {
      socket.on("key", (key) => socket.broadcast.emit("key", key));
      socket.on("typing", () => socket.broadcast.volatile.emit("typing"));
    });
  },

  async play({ server, tab }) {
    const users = [tab(), tab(), tab()];
    await Promise.all(users.map((user) => user.settled()));
    let heard = 0;
    for (const key of "hello world") {
      for (const user of users) {
        user.say("/", "typing");
        user.say("/", "key", key);
      }
      heard += users.length - 1;
      await Promise.all(users.map((user) => user.hears("key", heard)));
    }
    await server.pulse();
  },
};
