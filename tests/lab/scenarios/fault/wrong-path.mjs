// Node's server answers nothing where nobody listens; an application's own handler says 404.
const kElsewhere = "/elsewhere/";

export default {
  says: "a client asks at a path where no Socket.IO server is",
  over: { versions: ["2.5.0", "4.8.4"], transports: ["polling"] },
  options: { path: kElsewhere },
  claims: { faulty: true },
  expect: { faults: { "handshake/rejected": "certain" } },

  serve(io, server) {
    server.http.on("request", ({ url }, response) => url.startsWith(kElsewhere) || response.writeHead(404).end("no"));
  },

  async play({ tab }) {
    const client = tab();
    await client.until("it was refused twice", () => client.refusals.length >= 2);
    await client.kill();
  },
};
