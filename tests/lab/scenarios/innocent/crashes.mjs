export default {
  says: "2.5.0 does not catch what its parser throws: the program dies of the packet, and its session with it",
  over: { versions: ["2.5.0 on 2.5.1", "2.5.0 on 4.8.4"], transports: ["polling", "websocket"] },
  options: { allowEIO3: true, pingTimeout: 2000 }, // Over polling, only the missing ping tells of its death.
  claims: { poisoned: true },
  expect: { allows: ["transport/ping-timeout"] },

  async play({ server, tab }) {
    const first = tab();
    const { sid } = await first.settled();
    server.poison();
    await server.closes(sid);
    const second = tab();
    await second.settled();
    server.io.emit("news");
    await second.hears("news");
  },
};
