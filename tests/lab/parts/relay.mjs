// A network that can be lost: a TCP relay between a client and its server. goDark() makes every connection through
// it a black hole, open at both ends and silent, as when a radio goes out of reach; after comeBack() new ones pass.
import { EventEmitter, once } from "node:events";
import { connect, createServer } from "node:net";
import { until } from "./until.mjs";

export class Relay extends EventEmitter {
  #target;
  #server;
  #dark = false;
  #pairs = new Set();
  #swallowed = 0; // Chunks from clients.

  static async start(targetUrl) {
    const relay = new Relay();
    relay.#target = new URL(targetUrl);
    relay.#server = createServer((client) => relay.#accept(client)).listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    relay.url = `http://127.0.0.1:${relay.#server.address().port}`;
    return relay;
  }

  goDark() {
    this.#dark = true;
    for (const pair of this.#pairs) pair.lost = true;
  }
  /** Resolves once a client's words were lost. */
  swallows() {
    return until("the dark network swallowed something", () => this.#swallowed > 0, [this]);
  }
  comeBack() {
    this.#dark = false;
  }

  close() {
    this.#server.close();
    for (const { ends } of this.#pairs) ends.forEach((end) => end.destroy());
  }

  #accept(client) {
    const pair = { lost: this.#dark, ends: [client] };
    this.#pairs.add(pair);
    client.on("error", () => {});
    client.on("data", () => {
      if (!pair.lost) return;
      this.#swallowed += 1;
      this.emit("change");
    });
    if (pair.lost) return; // Nobody answers.

    const server = connect(this.#target.port, this.#target.hostname);
    server.on("error", () => {});
    pair.ends.push(server);
    for (const [from, to] of [[client, server], [server, client]]) {
      from.setNoDelay(true);
      from.on("data", (bytes) => pair.lost || to.write(bytes));
      from.on("close", () => pair.lost || to.destroy());
    }
  }
}
