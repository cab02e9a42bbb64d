export default {
  says: "when the tab taken for an orphan speaks, the suspicion and all that rested on it is taken back",
  over: { versions: ["4.1.3"], transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },

  async play({ server, tab }) {
    const first = tab();
    await first.settled();
    server.poison();
    await first.hears(null);
    const second = tab();
    await second.settled();
    server.io.emit("news");
    await first.hears("news");
    await second.hears("news");
    await server.pulse(2); // Time for the suspicion to arise.
    await first.say("/", "still here");
    await server.hears("/", "still here", 1);
  },
};
