export default {
  says: "a client that disconnects properly and comes back, three times",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    for (const life of [1, 2, 3, 4]) {
      if (life > 1) {
        await client.disconnect();
        await server.closes(client.current.sid);
        await client.connect();
      }
      await client.settled(life);
      server.io.emit("news", "the same every time");
      await client.hears("news", life);
    }
  },
};
