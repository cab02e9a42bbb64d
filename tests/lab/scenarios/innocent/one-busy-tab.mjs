export default {
  says: "two tabs of one user, the newer one busy and the older one idle: as an orphan would look but for its start",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const idle = tab();
    await idle.settled();
    const busy = tab();
    await busy.settled();
    for (let number = 0; number < 20; number += 1) {
      await busy.ask("/", "say", number);
      server.io.emit("said", number);
    }
    await server.pulse(2);
    await idle.hears("said", 20);
    await busy.hears("said", 20);
  },
};
