// On a WebSocket the handshakes of both revisions look alike. Then the server sends `40` unasked and without a socket
// id, which the client refuses ("server in v2.x"), and each waits for the other's pings until the timeout.
export default {
  says: "a client of Engine.IO 4 on a WebSocket to a server of 2.x: a session that opens, is never used, and times out",
  over: { versions: ["4.8.4 on 2.5.1", "4.7.5 on 2.5.1", "3.1.3 on 2.5.1"], transports: ["websocket"] },
  options: { pingTimeout: 2000 },
  claims: { faulty: true },
  expect: { faults: { "handshake/protocol-version": "certain" } },

  async play({ server, tab }) {
    const young = tab();
    const old = tab({ version: "2.5.0" });
    await Promise.all([old.settled(), young.refused(/server in v2\.x/)]);
    server.io.emit("news"); // Sent to both, as far as the server knows.
    await old.hears("news");
    await young.kill();
  },
};
