export default {
  says: "a client asks for a namespace that the server does not have, and uses another one",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: { faulty: true },
  expect: { faults: { "handshake/rejected": "certain" } },

  async play({ server, tab }) {
    const client = tab({ namespaces: ["/", "/nope"] });
    await client.refused(/Invalid namespace/);
    await client.until("it was connected", () => client.current?.sockets.has("/"));
    server.io.emit("news");
    await client.hears("news");
  },
};
