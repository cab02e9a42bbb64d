export default {
  says: "with connection state recovery the new session presents the private pid of the old one: no doubt is left",
  over: { versions: ["4.7.5"], transports: ["polling", "websocket", "upgrade"] },
  options: { connectionStateRecovery: {} },
  claims: { orphans: 1, extra: 2, poisoned: true },
  expect: { confidence: "certain", grade: "recovery-pid" },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.poison();
    const next = await client.settled(2);
    if (next.recovered) throw new Error("the server recovered a session whose old connection is still open");
    server.io.emit("news", 1);
    server.io.emit("news", 2);
    await client.hears("news", 2);
  },
};
