export default {
  says: "binary events and binary acks both ways, many times the same bytes",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    const photo = Buffer.from([0, 1, 2, 0x1e, 0x7b, 255]);
    const album = [photo, { deep: { inside: Buffer.alloc(70_000, 7) } }, "text"];
    for (let number = 0; number < 5; number += 1) {
      server.io.emit("photo", ...album);
      await client.ask("/", "photo", ...album);
      await server.io.timeout(20_000).emitWithAck("photo", photo);
    }
    await client.say("/", "photo", Buffer.alloc(0));
    await server.hears("/", "photo", 6);
    await client.hears("photo", 10);
  },
};
