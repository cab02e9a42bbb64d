// Recovery appends an offset to every event but the volatile ones, so these may end in a word that looks like one.
const kLookAlikes = [["status", "SUCCESS"], ["typing", "65f0a1b2c3d4e5f607182930"], ["cursor", "1692876892634-0"]];

export default {
  says: "with recovery on, volatile events come again and again, and end in words and ids that look like offsets",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["websocket", "upgrade"] }, // Between two polls all of them are dropped.
  options: { connectionStateRecovery: {} },
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    for (let times = 1; times <= 4; times++) {
      server.io.emit("news", times);
      await client.hears("news", times);
      for (const [event, word] of kLookAlikes) {
        await server.pulse(); // Nothing is under way: a volatile event is dropped where it would have to wait.
        server.io.volatile.emit(event, word);
        await client.hears(event, times);
      }
    }
  },
};
