export default {
  says: "a client with `retries` sends an event again and again, since the server takes its time to acknowledge it",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},
  expect: { lossy: true, faults: { "duplicate/retry": "likely" } },

  async play({ server, tab }) {
    const client = tab({ namespaces: ["/slow"], socket: { retries: 3, ackTimeout: 400 } });
    await client.settled();
    await client.say("/slow", "order", 1);
    await server.hears("/slow", "order", 3);
    await server.pulse(4); // Its acks come at last.
  },

  serve(io, server) {
    server.unanswered.add("/slow");
    io.of("/slow").on("connection", (socket) => socket.on("order", (number, answer) => setTimeout(answer, 1500)));
  },
};
