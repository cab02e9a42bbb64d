// The adapter looks into its stream twice: for what a client missed, and for what is new. Nothing keeps an event from
// being found by both.
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Server } from "socket.io";
import { Streams } from "../../parts/streams.mjs";

const kRecovery = { connectionStateRecovery: {} };

export default {
  says: "another server's event is replayed to a client that is recovered, and then sent to it as news: one event, twice",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  options: kRecovery,
  claims: { faulty: true },
  expect: { lossy: true, faults: { "duplicate/same-offset": "certain" } },

  serve(io, server) {
    server.streams = new Streams();
    server.elsewhere = new Server({ ...kRecovery, adapter: createAdapter(server.streams) }); // Its clients are none of ours.
    io.adapter(createAdapter(server.streams));
  },

  async play({ server, tab }) {
    const { streams, elsewhere } = server;
    const client = tab();
    const { sid } = await client.settled();
    elsewhere.emit("news", 1);
    await client.hears("news", 1);
    await client.drop();
    await server.closes(sid);
    streams.lag();
    elsewhere.emit("news", 2);
    const { recovered } = await client.settled(2);
    if (!recovered) throw new Error("the server did not recover the session");
    await client.hears("news", 2);
    streams.catchUp();
    await client.hears("news", 3);
  },
};
