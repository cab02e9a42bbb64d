export default {
  says: "a program that outlives what 2.5.0's parser throws: its WebSocket goes on, its polling starves and is begun anew",
  over: { versions: ["2.5.0 on 2.5.1", "2.5.0 on 4.8.4"], transports: ["polling", "websocket"] },
  options: { allowEIO3: true, pingTimeout: 800 },
  quirk: "survives",
  claims: { poisoned: true },

  async play({ server, tab, transport }) {
    const client = tab();
    const { sid } = await client.settled();
    server.poison();
    if (transport === "polling") {
      await client.settled(2);
      await server.closes(sid);
    }
    server.io.emit("news");
    await client.hears("news");
    await client.say("/", "thanks");
    await server.hears("/", "thanks", 1);
  },
};
