// Clients that leak do so on servers of every generation; 4.5.2 is the first of them, 4.7.5 the last.
const versions = ["4.5.2", "4.7.5", "4.5.4 on 4.5.4", "4.7.5 on 3.1.2", "4.7.5 on 4.1.3"];

export default {
  says: "after one packet it cannot parse the client comes back, and its old session lives on, fed with every broadcast",
  over: { versions, transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 1, extra: 3, poisoned: true },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.poison();
    await client.settled(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number);
    await client.hears("news", 3); // Three, although six were sent: the harm is not in the app's handlers.
    await client.say("/", "thanks");
    await server.hears("/", "thanks", 1);
  },
};
