// The client asks for revision 4 and is answered in revision 3, `95:0{...}2:40`, which it takes for a server's error.
// Each try leaves a session with the server until its ping timeout; no client ever knew of it.
export default {
  says: "a client of Engine.IO 4 polls a server of 2.x: it cannot read the handshake, and gives up again and again",
  over: { versions: ["4.8.4 on 2.5.1", "4.7.5 on 2.5.1", "3.1.3 on 2.5.1"], transports: ["polling"] },
  claims: { stillborn: true, faulty: true },
  expect: { stillborn: true, faults: { "handshake/protocol-version": "certain" } },

  async play({ server, tab }) {
    const young = tab();
    const old = tab({ version: "2.5.0" });
    await old.settled();
    await young.until("it gave up three times", () => young.refusals.length >= 3);
    server.io.emit("news");
    await old.hears("news");
    await young.kill(); // Or there would be no end to it.
  },
  options: { pingTimeout: 2000 },
};
