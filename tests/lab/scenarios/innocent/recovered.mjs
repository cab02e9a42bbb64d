export default {
  says: "connection state recovery at work: the pid of a session that is really gone comes back with the missed events",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { connectionStateRecovery: {} },
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    server.io.emit("news", 1); // Recovery needs an offset, and an offset needs an event.
    await client.hears("news", 1);
    await client.drop();
    await server.closes(sid);
    server.io.emit("news", 2);
    const next = await client.settled(2);
    if (!next.recovered) throw new Error("the server did not recover the session");
    await client.hears("news", 2);
  },
};
