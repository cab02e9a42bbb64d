export default {
  says: "socket.io 4.1.3 as npm installs it today breaks every binary broadcast: a client leaks, and no app did anything odd",
  over: { versions: ["4.7.5 on 4.1.3"], transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 1, extra: 1, poisoned: true },
  expect: { quotes: (packet) => packet?.startsWith('451-["photo",') },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.io.emit("photo", Buffer.from("a binary value"));
    await client.settled(2);
    server.io.emit("news");
    await client.hears("news");
  },
};
