// A TCP relay between a client and its server on which everything goes wrong that goes wrong on networks. It looks at
// requests only to tell a poll and an upgrade from the rest.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class RoughRelay {
  refusesUpgrades = false;
  losesPolls = false; // The next answer to a poll is lost, and nobody is told.
  #pairs = new Set();
  #server;

  static async start(port) {
    const relay = new RoughRelay();
    relay.#server = createServer((client) => relay.#accept(client, port)).listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    relay.url = `http://127.0.0.1:${relay.#server.address().port}`;
    return relay;
  }

  /** Every connection is reset, at both ends. */
  reset() {
    for (const { ends } of this.#pairs) for (const end of ends) end.resetAndDestroy();
  }
  /** What there is falls silent: open at both ends, and nothing arrives. New connections pass. */
  fallSilent() {
    for (const pair of this.#pairs) pair.silent = true;
  }
  /** Only what goes to the server is lost, or only what comes from it. */
  fallHalfSilent(direction) {
    for (const pair of this.#pairs) pair.lost = direction;
  }
  close() {
    this.#server.close();
    for (const { ends } of this.#pairs) for (const end of ends) end.destroy();
  }

  #accept(client, port) {
    const server = connect(port, "127.0.0.1");
    const pair = { ends: [client, server], silent: false, lost: null, poll: false };
    this.#pairs.add(pair);
    const pass = (from, to, direction) => {
      from.setNoDelay(true);
      from.on("error", () => {});
      from.on("data", (bytes) => {
        if (direction === "up") this.#look(pair, bytes);
        if (direction === "down" && pair.poll && this.losesPolls) {
          this.losesPolls = false;
          pair.silent = true;
        }
        if (!pair.silent && pair.lost !== direction) to.write(bytes);
      });
      from.on("close", () => {
        this.#pairs.delete(pair);
        if (!pair.silent && pair.lost !== direction) to.destroy();
      });
    };
    pass(client, server, "up");
    pass(server, client, "down");
  }

  #look(pair, bytes) {
    const head = bytes.toString("latin1");
    if (!head.startsWith("GET ")) return;
    const session = head.includes("sid=");
    pair.poll = session && head.includes("transport=polling");
    if (!session || !head.includes("transport=websocket") || !this.refusesUpgrades) return;
    pair.silent = true;
    pair.ends[0].end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    pair.ends[1].destroy();
  }
}
