// A network that can be lost: a TCP relay between a client and its server. goDark() makes every connection through
// it a black hole, open at both ends and silent, as when a radio goes out of reach; after comeBack() new ones pass.
// And what middleboxes do: `idleMs` cuts a connection on which nothing went either way for so long, without a word;
// `swallowsFrames` lets a WebSocket be granted, and nothing of its server's through.
import { EventEmitter, once } from "node:events";
import { connect, createServer } from "node:net";
import { until } from "./until.mjs";

export class Relay extends EventEmitter {
  #target;
  #server;
  #middlebox;
  #dark = false;
  #pairs = new Set();
  #farewells = 0;

  static async start(targetUrl, middlebox = {}) {
    const relay = new Relay();
    relay.#middlebox = middlebox;
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
  /** Resolves once a client's good-bye was lost: over polling it travels on a new connection and must not slip out. */
  swallowsFarewell() {
    return until("the dark network swallowed a good-bye", () => this.#farewells > 0, [this]);
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
    client.on("data", (bytes) => {
      if (!pair.lost || !isFarewell(bytes)) return;
      this.#farewells += 1;
      this.emit("change");
    });
    if (pair.lost) return; // Nobody answers.

    const server = connect(this.#target.port, this.#target.hostname);
    server.on("error", () => {});
    pair.ends.push(server);
    const { idleMs, swallowsFrames } = this.#middlebox;
    if (idleMs) client.setTimeout(idleMs, () => pair.ends.forEach((end) => end.destroy()));
    if (swallowsFrames) server.once("data", (bytes) => isGrant(bytes) && server.pause());
    for (const [from, to] of [[client, server], [server, client]]) {
      from.setNoDelay(true);
      from.on("data", (bytes) => pair.lost || to.write(bytes));
      from.on("close", () => pair.lost || to.destroy());
    }
  }
}

const isGrant = (bytes) => bytes.toString("latin1").startsWith("HTTP/1.1 101");
/** A WebSocket CLOSE frame, or a POST whose body is the one Engine.IO packet `1` (written at once by Node's clients). */
const isFarewell = (bytes) => bytes[0] === 0x88 || bytes.toString("latin1").endsWith("\r\n\r\n1");
