// socketio/socket.io#5419: up to 0.2.2 this adapter replays events without their offset, so they do not move the client's on.
import { createAdapter } from "streams-0.2.2";
import { Streams } from "../../parts/streams.mjs";

export default {
  says: "a client is recovered twice, and both times from where it was before the first: it gets an event again that it had",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: { connectionStateRecovery: {} },
  serve: (io) => io.adapter(createAdapter(new Streams())),
  claims: { faulty: true },
  expect: { lossy: true, faults: { "duplicate/recovery-redelivery": "certain" } },

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.io.emit("news", 1); // Recovery needs an offset, and an offset needs an event.
    await client.hears("news", 1);
    await lose(server, client);
    server.io.emit("news", 2);
    for (const life of [2, 3]) {
      const { recovered } = await client.settled(life);
      if (!recovered) throw new Error("the server did not recover the session");
      await client.hears("news", life);
      await server.pulse(); // The client is there, and has what it got.
      if (life === 2) await lose(server, client);
    }
  },
};

async function lose(server, client) {
  const { sid } = client.current;
  await client.drop();
  await server.closes(sid);
}
