export default {
  says: "a server sends eleven photos in one event, where the parsers of today take ten: the client closes over it",
  over: { versions: ["4.8.1", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },
  expect: {
    faults: { "protocol/attachment-mismatch": "certain" },
    quotes: (packet) => packet?.startsWith('4511-["album"'),
  },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    server.io.emit("album", ...Array.from({ length: 10 }, (_, number) => Buffer.from([number])));
    await client.hears("album");
    server.io.emit("album", ...Array.from({ length: 11 }, (_, number) => Buffer.from([number])));
    await server.closes(sid);
    await client.settled(2);
    server.io.emit("news");
    await client.hears("news");
  },
};
