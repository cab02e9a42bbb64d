export default {
  says: "a listener throws at a good event; client 4.5.2 reconnects over it and leaves its connection open",
  over: { versions: ["4.5.2"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "throws-once",
  args: ["--client-key", "header:x-page,per-page"],
  claims: { orphans: 1, extra: 1, faulty: true },
  expect: { orphan: "leak/superseded-session", grade: "client-key" },

  async play({ server, tab }) {
    const client = tab({ headers: { "x-page": "one" } });
    await client.settled();
    server.io.emit("news");
    await client.settled(2);
    server.io.emit("late");
    await client.hears("late");
    await server.pulse();
  },
};
