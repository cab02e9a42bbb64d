// socketio/socket.io#5258: an event emitted inside `connect` sets the queue of `retries` going, and before 4.8.2 what
// follows `connect` sets it going again: what waits at its head goes out twice.
export default {
  says: "a client with `retries` comes back before its event was acknowledged, and sends it twice at once",
  over: { versions: ["4.7.5", "4.8.1"], transports: ["polling", "websocket"] }, // An upgrade may tear the two apart.
  quirk: "joins-in-connect",
  claims: { faulty: true },
  expect: { lossy: true, faults: { "duplicate/retry": "likely" }, allows: ["ack/unanswered"] },

  serve(io, server) {
    server.unanswered.add("/slow");
    io.of("/slow").on("connection", (socket) => {
      socket.on("join", (_, answer) => answer());
      socket.on("order", (_, answer) => setTimeout(answer, 1000));
    });
  },

  async play({ server, tab }) {
    const client = tab({ namespaces: ["/slow"], socket: { retries: 3, ackTimeout: 20_000 } });
    const { sid } = await client.settled();
    await server.pulse(); // Its joining is acknowledged.
    await client.say("/slow", "order", 1);
    await server.hears("/slow", "order", 1);
    await client.drop();
    await server.closes(sid);
    await client.settled(2);
    await server.hears("/slow", "order", 3);
    await server.pulse(4); // Its acks come at last.
  },
};
