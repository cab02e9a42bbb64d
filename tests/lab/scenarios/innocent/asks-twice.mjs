export default {
  says: "two components of a page ask for the same, and the server answers each by an event: equal ones, in twos",
  over: { versions: ["4.8.4"], transports: ["polling", "websocket", "upgrade"] },
  quirk: "asks-twice",
  claims: {},

  serve(io) {
    let price = 0;
    io.on("connection", (socket) => socket.on("get", () => socket.emit("price", price)));
    io.change = () => io.emit("changed", ++price);
  },

  async play({ server, tab }) {
    const pages = [tab(), tab()];
    await Promise.all(pages.map((page) => page.settled()));
    for (let times = 1; times <= 8; times++) {
      server.io.change();
      await Promise.all(pages.map((page) => page.hears("price", times * 2)));
      await server.pulse();
    }
  },
};
