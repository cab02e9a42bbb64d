export default {
  says: "one user's connections pile up one by one, as those of a component that connects whenever it mounts",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket"] },
  args: ["--client-key", "cookie:session"],
  claims: {},
  expect: { faults: { "leak/connection-accumulation": "possible" } },

  async play({ server, tab }) {
    for (let mounts = 0; mounts < 6; mounts++) {
      await tab().settled();
      await server.pulse(); // Mounted one after the other.
    }
  },
};
