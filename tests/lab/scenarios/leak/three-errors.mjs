export default {
  says: "three errors in a row leave three orphans, each followed by the next, and a broadcast goes out four times",
  over: { versions: ["4.5.2", "4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  // "one" goes to the first orphan too, "two" to two, and each "three" to all three.
  claims: { orphans: 3, extra: 1 + 2 + 3 + 3, poisoned: true },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    for (const [life, word] of [[2, "one"], [3, "two"], [4, "three"]]) {
      // Poison hits every session, but an orphan's client no longer listens to it.
      server.poison();
      await client.settled(life);
      server.io.emit(word);
      await client.hears(word);
    }
    server.io.emit("three");
    await client.hears("three", 2);
  },
};
