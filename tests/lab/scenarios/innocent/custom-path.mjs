export default {
  says: "an app that serves Socket.IO under a path of its own",
  over: { versions: ["4.7.5", "4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  path: "/live/ws/",
  claims: {},

  async play({ server, tab }) {
    const client = tab();
    await client.settled();
    server.io.emit("news");
    await client.hears("news");
    await client.ask("/", "hello");
  },
};
