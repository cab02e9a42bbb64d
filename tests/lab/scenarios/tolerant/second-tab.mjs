export default {
  says: "a client that accepts the bad packet, and whose user then opens a second tab, looks just like a leak: never certain",
  over: { versions: ["4.1.3"], transports: ["polling", "websocket", "upgrade"] },
  claims: { poisoned: true },
  expect: { accused: "likely" },

  async play({ server, tab }) {
    const first = tab();
    await first.settled();
    server.poison();
    await first.hears(null);
    const second = tab();
    await second.settled();
    await server.pulse(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number);
    await first.hears("news", 3);
    await second.hears("news", 3);
  },
};
