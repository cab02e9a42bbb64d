// A real Socket.IO server and what it knows about itself: which Engine.IO sessions are open, with which namespaces,
// what was handed to each, and which pings each has answered. This is the truth sioscope is held against.
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { performance } from "node:perf_hooks";
import * as generations from "./generations.mjs";
import { parsers } from "./parsers.mjs";
import { until } from "./until.mjs";

// Short pings prove things soon; the long patience keeps a busy machine from inventing ping timeouts.
const kHeartbeat = { pingInterval: 400, pingTimeout: 8000 };

export class LabServer extends EventEmitter {
  sessions = new Map(); // Engine.IO sid -> Session, in order of opening; closed ones stay.
  unanswered = new Set(); // Namespaces in which the scenario's app answers, or does not.
  requests = []; // { method, url, headers }: what its clients asked by HTTP, to prove how they did.
  #options;
  #serve;
  #log;
  #tick = { number: 0, current: false };

  /** `serve(io, server)` adds what the scenario's app does, and every namespace there is. */
  constructor({ generation = generations.kPresent, parser = "json", options = {}, serve = () => {}, log }) {
    super();
    this.setMaxListeners(0);
    this.parser = parsers[parser];
    this.generation = generation;
    this.#options = { ...kHeartbeat, ...options };
    this.#serve = serve;
    this.#log = log;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }
  get open() {
    return [...this.sessions.values()].filter((session) => session.open);
  }

  /** Listens, and after a stop() listens again on the same port. */
  async start() {
    this.http = createServer();
    const parser = await this.parser.load?.();
    this.io = await generations.attach(this.generation, this.http, { ...this.#options, ...(parser && { parser }) });
    this.http.prependListener("request", ({ method, url, headers }) => this.requests.push({ method, url, headers }));
    this.io.engine.on("connection", (conn) => this.#watch(conn));
    this.#serve(this.io, this);
    for (const namespace of generations.namespacesOf(this.io)) this.#watchSockets(namespace);
    this.http.listen(this.port ?? 0, "127.0.0.1");
    await once(this.http, "listening");
    this.port = this.http.address().port;
  }

  async stop() {
    const closed = once(this.http, "close");
    this.io.close();
    this.http.closeAllConnections(); // A server that stops does not wait for its visitors.
    await closed;
  }

  /** A broadcast that the parser of the other side refuses; see parsers.mjs. */
  poison() {
    this.parser.poison(this.io);
  }

  /** Asks every socket of the root namespace for an ack; resolves with the answers, all their arguments. */
  ask(event, ...args) {
    const joined = this.open.flatMap((session) => session.joined);
    const sockets = joined.filter(({ nsp, connected }) => connected && nsp.name === "/");
    const asked = (socket) => new Promise((resolve) => socket.emit(event, ...args, (...answer) => resolve(answer)));
    return Promise.all(sockets.map(asked));
  }

  /**
   * Resolves once every session now open has shown `times` new signs of life, or has closed: it has answered pings
   * sent from now on, or in Engine.IO 3 has pinged.
   */
  async pulse(times = 1) {
    const due = this.open.map((session) => [session, session.pings + times]);
    const beats = () => due.every(([session, goal]) => !session.open || session.pongs >= goal);
    await until("every open session answered a new ping", beats, [this]);
  }

  hears(nsp, event, times) {
    const heard = () => [...this.sessions.values()].flatMap((session) => session.received);
    const enough = () => heard().filter((packet) => packet.nsp === nsp && packet.event === event).length >= times;
    return until(`the server heard "${event}" ${times} times`, enough, [this]);
  }

  closes(sid) {
    return until(`the server closed ${sid}`, () => !this.sessions.get(sid).open, [this]);
  }

  /** Every event asked for an ack gets one, echoing its arguments so that binary events get binary acks. */
  #watchSockets(namespace) {
    namespace.on("connection", (socket) => {
      this.sessions.get(socket.conn.id)?.joined.push(socket);
      if (!this.unanswered.has(namespace.name))
        generations.onAny(socket, (event, ...args) => typeof args.at(-1) === "function" && args.pop()("ok", ...args));
      this.emit("change");
    });
  }

  #watch(conn) {
    const session = new Session(conn);
    this.sessions.set(session.sid, session);
    this.#note(session, "opened");

    // "packetCreate" says in which tick a packet was written, "flush" that it really went out.
    conn.on("packetCreate", (packet) => {
      if (packet.type === "ping") session.pings += 1;
      packet.tick = this.#currentTick();
    });
    conn.on("flush", (packets) => {
      for (const packet of packets) {
        this.#note(session, "<", packet);
        const event = packet.type === "message" && this.parser.read(generations.asWritten(packet.data));
        if (event) session.sent.push({ ...event, tick: packet.tick });
      }
    });
    conn.on("packet", (packet) => {
      this.#note(session, ">", packet);
      session.mute = false;
      if (packet.type === "pong") session.pongs += 1;
      // In Engine.IO 3 clients ping when they please: nobody asks them, and each is a sign of life.
      if (packet.type === "ping") session.pings = session.pongs += 1;
      const event = packet.type === "message" && this.parser.read(packet.data);
      if (event) session.received.push(event);
      // The app's own handlers of this packet run first, so that a waiter sees their effect.
      setImmediate(() => this.emit("change"));
    });
    conn.on("close", (reason) => {
      session.close();
      this.#note(session, `closed (${reason})`);
      this.emit("change");
    });
  }

  /** Packets with one tick were written by one emit (or by emits with nothing in between). */
  #currentTick() {
    if (!this.#tick.current) {
      this.#tick = { number: this.#tick.number + 1, current: true };
      setImmediate(() => (this.#tick.current = false));
    }
    return this.#tick.number;
  }

  #note(session, what, packet) {
    const text = packet ? ` ${packet.type} ${String(packet.data ?? "").slice(0, 200)}` : "";
    this.#log.write(`${performance.now().toFixed(0)} ms ${session.sid} ${what}${text}\n`);
  }
}

class Session {
  open = true;
  openedAt = performance.now();
  closedAt = Infinity;
  pings = 0;
  pongs = 0;
  sent = [];
  received = [];
  mute = true; // No packet ever came from its client.
  joined = []; // The namespace sockets it ever had.
  #conn;

  constructor(conn) {
    this.sid = conn.id;
    this.eio = generations.revisionOf(conn);
    this.#conn = conn;
  }

  get transport() {
    return this.#conn.transport.name;
  }

  // Of its WebSocket: the parameters of permessage-deflate, if that was agreed on, and what went to the client.
  get deflate() {
    return generations.agreedDeflate(this.#conn);
  }
  get bytesWritten() {
    return generations.bytesWritten(this.#conn);
  }

  /** The namespaces it is connected to; of a closed session, those it ever was. */
  get sockets() {
    return this.joined
      .filter((socket) => !this.open || socket.connected)
      .map((socket) => ({ nsp: socket.nsp.name, id: socket.id }));
  }

  close() {
    this.open = false;
    this.closedAt = performance.now();
  }
}
