export default {
  says: "a proxy asks again when a poll is slow to be answered, as polls are: the server ends the session over it",
  over: { versions: ["2.5.0 on 2.5.1", "4.7.5", "4.8.4"], transports: ["polling"] },
  options: { pingInterval: 2000 },
  claims: { faulty: true },
  expect: { lossy: true, faults: { "transport/poll-overlap": "certain" } },

  async play({ server, tab, proxy }) {
    const client = tab({ through: await proxy({ hedgesMs: 300 }) });
    for (const life of [1, 2, 3]) {
      const { sid } = await client.settled(life);
      await server.closes(sid);
    }
    await client.kill();
    for (const { sid } of server.open) await server.closes(sid);
  },
};
