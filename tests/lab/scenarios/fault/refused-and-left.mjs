// Clients before 4.4.0 count a socket that was refused among those in use, and keep the connection for its sake.
import { performance } from "node:perf_hooks";

const kPatienceMs = 10_500;

export default {
  says: "a client is refused in one namespace and leaves the other: nothing is left to talk about, and it stays connected",
  over: { versions: ["3.1.3", "4.1.3"], transports: ["polling", "websocket", "upgrade"] },
  claims: {},
  expect: { faults: { "leak/engine-left-open": "certain" } },
  serve: (io) => void io.of("/admin").use((_, next) => next(new Error("admins only"))),

  async play({ server, tab }) {
    const client = tab({ namespaces: ["/", "/admin"] });
    await client.until("it was connected", () => client.current?.sockets.has("/"));
    await client.refused(/admins only/);
    await client.leave("/");
    const left = performance.now();
    while (performance.now() - left < kPatienceMs) await server.pulse();
  },
};
