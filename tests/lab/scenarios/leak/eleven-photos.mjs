export default {
  says: "eleven photos in one event, where the parsers of today take ten: a leak by data that only grew",
  over: { versions: ["4.5.4", "4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  claims: { orphans: 1, extra: 1, poisoned: true },
  expect: {
    faults: { "protocol/attachment-mismatch": "certain" },
    quotes: (packet) => packet?.startsWith('4511-["album"'),
  },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.io.emit("album", ...Array.from({ length: 11 }, (_, number) => Buffer.from([number])));
    await client.settled(2);
    server.io.emit("news");
    await client.hears("news");
  },
};
