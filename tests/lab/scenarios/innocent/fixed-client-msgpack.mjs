export default {
  says: "4.8 closes its old connection when msgpack's decoder refuses a packet, and comes back",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  parser: "msgpack",
  claims: { poisoned: true },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.poison();
    await client.settled(2);
    server.io.emit("news");
    await client.hears("news");
  },
};
