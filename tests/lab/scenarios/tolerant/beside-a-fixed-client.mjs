export default {
  says: "one look-alike accepts the bad packet and stays; the other closes and comes back, which explains the newcomer",
  over: { transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },

  async play({ server, tab }) {
    const tolerant = tab({ version: "4.1.3" });
    const fixed = tab({ version: "4.8.4" });
    await Promise.all([tolerant.settled(), fixed.settled()]);
    server.poison();
    await fixed.settled(2);
    await server.pulse(2);
    server.io.emit("news");
    await tolerant.hears("news");
    await fixed.hears("news");
  },
};
