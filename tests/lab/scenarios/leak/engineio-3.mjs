// No Engine.IO 3 client of npm leaves a session behind: 2.5.0 lets the exception through. With the flaw of 4.5.2 it
// does, and its old engine goes on pinging: in this revision it is the client that pings.
export default {
  says: "an Engine.IO 3 client that catches its parser's error without closing leaves a session that pings on",
  over: { versions: ["2.5.0 on 2.5.1", "2.5.0 on 4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { allowEIO3: true },
  quirk: "leaves",
  claims: { orphans: 1, extra: 3, poisoned: true },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.poison();
    await client.settled(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number);
    await client.hears("news", 3);
    await client.say("/", "thanks");
    await server.hears("/", "thanks", 1);
    await server.pulse(2);
  },
};
