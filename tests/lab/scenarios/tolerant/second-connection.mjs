export default {
  says: "a page accepts the bad packet and then opens a second connection on purpose: one realm, and still never certain",
  over: { versions: ["4.1.3"], transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },
  expect: { accused: "likely" },

  async play({ server, tab }) {
    const client = tab({ twin: "open a twin" });
    await client.settled();
    server.poison();
    await client.hears(null);
    server.io.emit("open a twin"); // Over polling its handshake and the next poll share one `t`, but for the suffix.
    await client.until("its twin was connected", () => client.twins === 1);
    await server.pulse(2);
    server.io.emit("news");
    await client.hears("news");
  },
};
