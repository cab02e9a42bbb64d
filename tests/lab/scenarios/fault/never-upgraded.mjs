import { once } from "node:events";
import { createServer } from "node:http";
import { performance } from "node:perf_hooks";
import httpProxy from "http-proxy";

const kSettledMs = 41_000; // What a page is given to upgrade before sioscope says a word, and a second.

export default {
  says: "http-proxy without `ws: true`, as in many a development server: WebSockets are granted and come to nothing",
  over: { versions: ["4.8.4"], transports: ["upgrade"] },
  claims: {},
  expect: { faults: { "transport/never-upgraded": "certain" } },

  async play({ server, url, tab }) {
    const proxy = httpProxy.createProxyServer({ target: url });
    proxy.on("error", (_, request, response) => response.destroy()); // What it does not know how to pass on.
    const front = createServer((request, response) => proxy.web(request, response)).listen(0, "127.0.0.1");
    await once(front, "listening");
    try {
      const client = tab({ through: { url: `http://127.0.0.1:${front.address().port}` } });
      await client.until("it was connected", () => client.current?.sockets.has("/"));
      const began = performance.now();
      while (performance.now() - began < kSettledMs) await server.pulse();
      server.io.emit("news");
      await client.hears("news");
      await client.disconnect();
      await server.closes(client.current.sid);
    } finally {
      front.close();
      front.closeAllConnections();
    }
  },
};
