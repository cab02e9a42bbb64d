export default {
  says: "a client opens a connection and never joins a namespace, until the server has enough",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket"] },
  options: { connectTimeout: 5000 },
  quirk: "never-joins",
  claims: {},
  expect: { lossy: true, faults: { "leak/no-namespace": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    await client.until("it was open", () => client.current);
    await server.closes(client.current.sid);
    await client.kill();
  },
};
