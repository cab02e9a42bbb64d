export default {
  says: "a client dies of kill -9 and is started again",
  options: { pingTimeout: 2000 }, // Killed between two polls, its death shows only by the missing pong.
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},
  expect: { lossy: true },

  async play({ server, tab }) {
    const first = tab();
    const { sid } = await first.settled();
    await first.kill();
    const second = tab();
    await second.settled();
    await server.closes(sid);
    server.io.emit("news");
    await second.hears("news");
  },
};
