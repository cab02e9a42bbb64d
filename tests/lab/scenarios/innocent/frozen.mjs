// Over polling nothing tells when the server gave up: the client wakes and finds that nobody knows it.
export default {
  says: "a client is stopped until the server gives it up, and goes on later: a laptop that slept",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { pingTimeout: 800 },
  claims: {},
  expect: { lossy: true, faults: { "transport/ping-timeout": "possible" } },

  async play({ server, tab }) {
    const client = tab();
    const { sid } = await client.settled();
    client.freeze();
    server.io.emit("news", "missed");
    await server.closes(sid);
    client.thaw();
    const life = client.sessions.length + 1;
    await client.settled(life);
    server.io.emit("more");
    await client.hears("more");
  },
};
