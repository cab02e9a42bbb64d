export default {
  says: "two look-alikes have used as many ack ids; one closes and comes back, and its next id would suit the other too",
  over: { transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },

  async play({ server, tab }) {
    const tolerant = tab({ version: "4.1.3" });
    const fixed = tab({ version: "4.8.4" });
    await Promise.all([tolerant.settled(), fixed.settled()]);
    for (const client of [tolerant, fixed, tolerant, fixed]) await client.ask("/", "question");
    server.poison();
    await fixed.settled(2);
    await fixed.ask("/", "question");
    await server.pulse(2);
    server.io.emit("news");
    await tolerant.hears("news");
    await fixed.hears("news");
  },
};
