export default {
  says: "a page accepts the bad packet and then opens more connections on purpose: one realm, and still never certain",
  over: { versions: ["4.1.3"], transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },
  expect: { accused: "likely" },

  async play({ server, tab }) {
    const client = tab({ twin: "open a twin" });
    await client.settled();
    server.poison();
    await client.hears(null);
    // Over polling most of these handshakes share their `t` with a poll of the first session, but for the suffix.
    for (const twins of [1, 2, 3, 4, 5]) {
      server.io.emit("open a twin");
      await client.until("its twin was connected", () => client.twins === twins);
    }
    await server.pulse(2);
    server.io.emit("news");
    await client.hears("news");
  },
};
