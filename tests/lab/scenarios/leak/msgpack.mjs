export default {
  says: "a msgpack packet that its decoder refuses leaves a session behind, as a text does",
  over: { versions: ["4.5.2", "4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  parser: "msgpack",
  claims: { orphans: 1, extra: 3, poisoned: true },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.poison();
    await client.settled(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number, Buffer.from("bytes"));
    await client.hears("news", 3);
    await client.say("/", "thanks");
    await server.hears("/", "thanks", 1);
  },
};
