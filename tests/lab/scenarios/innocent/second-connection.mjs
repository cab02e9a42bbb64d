export default {
  says: "a page opens more connections on purpose (forceNew), in the very millisecond it polls: one realm, no leak",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const client = tab({ twin: "open a twin" });
    await client.settled();
    // Over polling most of these handshakes share their `t` with a poll of the first session, but for the suffix.
    for (const twins of [1, 2, 3, 4, 5]) {
      server.io.emit("open a twin");
      await client.until("its twin was connected", () => client.twins === twins);
    }
    await server.pulse(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number);
    await client.hears("news", 3);
  },
};
