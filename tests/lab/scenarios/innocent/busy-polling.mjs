export default {
  says: "a session that lives by hundreds of polls, with bodies small and large both ways",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling"] },
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    for (let number = 0; number < 300; number += 1) {
      server.io.emit("tick", number, "x".repeat(number * 10));
      await client.ask("/", "tock", number, "é".repeat(number));
    }
    await client.hears("tick", 300);
  },
};
