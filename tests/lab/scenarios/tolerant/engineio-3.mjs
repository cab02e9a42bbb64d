export default {
  says: "a program that outlives what 2.5.0's parser throws has gone deaf: its pings go unanswered, it closes and comes back",
  over: { versions: ["2.5.0 on 2.5.1", "2.5.0 on 4.8.4"], transports: ["polling", "websocket"] },
  options: { allowEIO3: true, pingTimeout: 2000 },
  quirk: "survives",
  claims: { poisoned: true },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    server.poison(); // Its transport stops reading where the exception passed through.
    await client.settled(2);
    await server.closes(sid);
    server.io.emit("news");
    await client.hears("news");
    await client.say("/", "thanks");
    await server.hears("/", "thanks", 1);
  },
};
