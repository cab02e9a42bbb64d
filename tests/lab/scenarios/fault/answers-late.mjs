export default {
  says: "a client answers on a new connection what its last one was asked, before it is let in: the server closes over it",
  over: { versions: ["4.5.4", "4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "answers-late",
  claims: {},
  expect: {
    lossy: true,
    faults: { "protocol/wrong-namespace": "certain", "ack/unknown-or-twice": "possible" },
    allows: ["ack/unanswered"], // On a slow machine the first session outlives the question by a second.
  },

  serve(io) {
    io.of("/members").use((_, next) => setTimeout(next, 200)); // As one that looks them up does.
    io.of("/members").on("connection", (socket) => socket.once("ask me", () => socket.emit("confirm", () => {})));
  },

  async play({ server, tab }) {
    const client = tab({ namespaces: ["/members"] });
    const first = await client.settled();
    await client.say("/members", "ask me");
    await client.hears("confirm", 1, "/members");
    await client.drop();
    await server.closes(first.sid);
    await client.until("it came back", () => client.sessions.length >= 2);
    await server.closes(client.sessions[1].sid);
    await client.until("it was connected", () => client.sessions[2]?.sockets.has("/members"));
  },
};
