export default {
  says: "two tabs of one user, same cookie and User-Agent, both only listening",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const first = tab();
    await first.settled();
    const second = tab();
    await second.settled();
    await server.pulse(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number);
    await first.hears("news", 3);
    await second.hears("news", 3);
  },
};
