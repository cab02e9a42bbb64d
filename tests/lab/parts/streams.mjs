// As much of Redis as @socket.io/redis-streams-adapter asks for, in memory and with the interface of ioredis: one
// stream that several servers share, and the keys under which they keep sessions to be recovered.
import { EventEmitter } from "node:events";

const parts = (id) => id.split("-").map(Number);
const order = (one, other) => parts(one)[0] - parts(other)[0] || parts(one)[1] - parts(other)[1];

export class Streams extends EventEmitter {
  options = {};
  #entries = []; // [id, [key, value, ...]], as ioredis hands them out.
  #keys = new Map();
  #lags = null; // While it lags, who waits for news hears of none: [wake, ...]

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  /** Who waits for news (XREAD) hears of it late, as on a busy machine; who asks what is there (XRANGE) finds it. */
  lag() {
    this.#lags = [];
  }
  catchUp() {
    const late = this.#lags;
    this.#lags = null;
    for (const wake of late) wake();
  }

  async xadd([, , , , , ...pairs]) {
    const now = Date.now();
    const [time, sequence] = parts(this.#entries.at(-1)?.[0] ?? "0-0");
    const id = time < now ? `${now}-0` : `${time}-${sequence + 1}`;
    this.#entries.push([id, pairs]);
    this.emit("entry");
    return id;
  }

  async xrange(_, first, last) {
    return this.#entries.filter(([id]) => order(id, first) >= 0 && (last === "+" || order(id, last) <= 0));
  }

  /** Blocks until there is something after `offset`. */
  async xread(...words) {
    const offset = words.at(-1) === "$" ? (this.#entries.at(-1)?.[0] ?? "0-0") : words.at(-1);
    for (;;) {
      if (this.#lags) await new Promise((wake) => this.#lags.push(wake));
      const news = this.#entries.filter(([id]) => order(id, offset) > 0);
      if (news.length > 0) return [["socket.io", news]];
      await new Promise((wake) => this.once("entry", wake));
    }
  }

  async set(key, value) {
    this.#keys.set(key, value);
  }

  /** MULTI, GET, DEL, EXEC: a session can be taken once. */
  multi() {
    const taken = [];
    const steps = {
      get: (key) => (taken.push([null, this.#keys.get(key) ?? null]), steps),
      del: (key) => (taken.push([null, Number(this.#keys.delete(key))]), steps),
      exec: async () => taken,
    };
    return steps;
  }

  // Publish and subscribe carry what asks the other servers something; nobody does here.
  duplicate = () => this;
  subscribe() {}
  async publish() {}
  disconnect() {}
}
