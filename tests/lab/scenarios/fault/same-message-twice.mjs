export default {
  says: "an application sends one message twice, once by each of two rooms that hold the socket; its own id tells",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  args: ["--dedupe-key", "chat=$[0].id"],
  claims: { faulty: true },
  expect: { lossy: true, faults: { "duplicate/same-id": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.io.socketsJoin(["lobby", "team"]);
    for (const room of ["lobby", "team"]) server.io.to(room).emit("chat", { id: 7, text: "hello" });
    await client.hears("chat", 2);
    server.io.emit("chat", { id: 8, text: "hello" });
    await client.hears("chat", 3);
  },
};
