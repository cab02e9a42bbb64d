export default {
  says: "a half-open session whose pid the new one presents: proof of identity, and still no leak",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { connectionStateRecovery: {}, pingTimeout: 1500 },
  claims: {},
  expect: { lossy: true, allows: ["transport/ping-timeout"] },

  async play({ server, tab, relay }) {
    const network = await relay();
    const client = tab({ through: network });
    const { sid } = await client.settled();
    await server.pulse();
    await client.ask("/", "quiet?"); // No ping is due and nothing is under way: the good-bye goes out at once.
    network.goDark();
    await client.drop();
    await network.swallowsFarewell();
    network.comeBack();
    await client.settled(2);
    if (!server.sessions.get(sid).open) throw new Error("the old session should still be half open here");
    for (const number of [1, 2, 3]) server.io.emit("news", number); // Sent to both, as to an orphan.
    await client.hears("news", 3);
    await server.closes(sid);
  },
};
