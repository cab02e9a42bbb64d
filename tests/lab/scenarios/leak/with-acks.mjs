export default {
  says: "an app that asks for acks goes on counting them in its new session: only the same page can do that",
  over: { versions: ["4.5.2", "4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 1, extra: 1, poisoned: true },
  expect: { confidence: "certain" },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    await client.ask("/", "question", 1); // ack id 0
    await client.ask("/", "question", 2); // ack id 1
    server.poison();
    await client.settled(2);
    await client.ask("/", "question", 3); // ack id 2: a fresh page would have begun at 0
    server.io.emit("news");
    await client.hears("news");
  },
};
