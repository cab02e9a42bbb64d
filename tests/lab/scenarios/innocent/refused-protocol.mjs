// Over polling the answer is 400. Over websocket it is 101, and then `HTTP/1.1 400 Bad Request` where frames should be:
// the server agrees to the upgrade before it looks at the revision. (3.1.2 says nothing there at all, for ever.)
export default {
  says: "a server that does not allow Engine.IO 3 turns its clients away, again and again; another is served",
  over: { versions: ["2.5.0 on 4.1.3", "2.5.0 on 4.8.4"], transports: ["polling", "websocket"] },
  claims: { faulty: true },
  expect: { faults: { "handshake/protocol-version": "certain" } },

  async play({ server, tab }) {
    const old = tab();
    const young = tab({ version: "4.8.4" });
    await young.settled();
    await old.until("it was refused three times", () => old.refusals.length >= 3);
    server.io.emit("news");
    await young.hears("news");
  },
};
