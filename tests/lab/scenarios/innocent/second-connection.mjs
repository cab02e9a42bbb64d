export default {
  says: "a page opens a second connection on purpose (forceNew), in the very millisecond it polls: one realm, no leak",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},

  async play({ server, tab }) {
    const client = tab({ twin: "open a twin" });
    await client.settled();
    server.io.emit("open a twin");
    await client.until("its twin was connected", () => client.twins === 1);
    await server.pulse(2);
    for (const number of [1, 2, 3]) server.io.emit("news", number);
    await client.hears("news", 3);
  },
};
