export default {
  says: "a client sends more than the server takes at once, loses its session over it, and comes back",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { maxHttpBufferSize: 100_000 },
  cutShort: true,
  claims: { faulty: true },
  expect: { lossy: true, faults: { "transport/payload-too-big": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    await client.say("/", "upload", "x".repeat(300_000));
    await server.closes(sid);
    await client.settled(2);
  },
};
