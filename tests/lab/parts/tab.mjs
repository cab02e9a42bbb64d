// The lab's end of one tab (parts/client.mjs): gives it steps, remembers what it told.
import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import { kill, runModule } from "./children.mjs";
import { until } from "./until.mjs";

const kClient = fileURLToPath(new URL("client.mjs", import.meta.url));
// Small delays as in WIRE.md, where 250 to 350 ms stand for the default 500 to 1500 ms.
const kBackOff = { reconnectionDelay: 300, reconnectionDelayMax: 350, randomizationFactor: 0.17 };
const kTransports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };
// All tabs look alike unless a scenario says otherwise: nothing but behaviour may tell them apart.
const kHeaders = { cookie: "session=one-user", "user-agent": "Mozilla/5.0 (lab)" };

export class Tab extends EventEmitter {
  sessions = []; // { sid, transport, sockets: Map nsp -> id, recovered }, oldest first
  heard = [];
  refusals = []; // Why it was refused, each time.
  unpacked = []; // The encodings of the bodies it unpacked (quirks/unpacks.mjs).
  twins = 0;
  alive = true;
  #child;
  #transport;
  #namespaces;
  #waiting = new Map();
  #steps = 0;

  constructor({
    version, transport, url, log, namespaces = ["/"], headers = {}, auth, path, twin, parser = "json", quirk, options = {}, socket,
  }) {
    super();
    this.setMaxListeners(0);
    this.version = version;
    this.#transport = transport;
    this.#namespaces = namespaces;
    this.#child = runModule(kClient, { stdio: ["ignore", log, log, "ipc"] });
    this.#child.on("message", (message) => this.#hear(message));
    this.#child.on("exit", () => {
      this.alive = false;
      this.emit("change");
    });
    const all = {
      ...kBackOff,
      transports: kTransports[transport],
      extraHeaders: { ...kHeaders, ...headers },
      ...(path && { path }),
      ...options,
    };
    // Whoever waits for a session hears of a failure.
    this.#do("open", { version, url, namespaces, options: all, auth, socket, twin, parser, quirk }).catch(() => {});
  }

  get current() {
    return this.sessions.at(-1);
  }

  /** Resolves once the tab's n-th session (from 1) is connected in every namespace, and upgraded if it will be. */
  settled(n = 1) {
    const transport = kTransports[this.#transport].at(-1);
    const ready = () => {
      const session = this.sessions[n - 1];
      return session?.transport === transport && session.sockets.size === this.#namespaces.length && session;
    };
    return this.until(`session ${n} of ${this.version} was connected`, ready);
  }

  hears(event, times = 1, nsp = "/") {
    const enough = () => this.heard.filter((packet) => packet.nsp === nsp && packet.args[0] === event).length >= times;
    return this.until(`${this.version} heard "${event}" ${times} times in ${nsp}`, enough);
  }

  refused(why) {
    return this.until(`${this.version} was refused`, () => this.refusals.some((said) => why.test(said)));
  }

  until(what, condition) {
    const lively = () => {
      if (!this.alive) throw new Error(`the client was gone before ${what}; see its log`);
      return condition();
    };
    return until(what, lively, [this]);
  }

  say = (nsp, ...args) => this.#do("say", { nsp, args });
  /** Emits with an ack and resolves with the answer, all its arguments. */
  ask = (nsp, ...args) => this.#do("ask", { nsp, args });
  disconnect = () => this.#do("disconnect");
  leave = (nsp) => this.#do("leave", { nsp });
  connect = () => this.#do("connect");
  drop = () => this.#do("drop");

  freeze = () => this.#child.kill("SIGSTOP");
  thaw = () => this.#child.kill("SIGCONT");

  /** kill -9. */
  async kill() {
    await kill(this.#child);
  }

  #do(step, rest) {
    const number = ++this.#steps;
    this.#child.send({ step, number, ...rest }, () => {}); // If it is gone, until() says so.
    return this.until(`${this.version} did "${step}"`, () => this.#waiting.has(number)).then(() =>
      this.#waiting.get(number),
    );
  }

  #hear(message) {
    // A twin (see the client) is nobody's predecessor: it only counts as connected.
    const session = this.sessions.find(({ sid }) => sid === message.sid);
    if (message.did) this.#waiting.set(message.did, message.answer);
    else if (message.happened === "opened")
      this.sessions.push({ sid: message.sid, transport: message.transport, sockets: new Map() });
    else if (message.happened === "upgraded") session.transport = message.transport;
    else if (message.happened === "connected" && session) {
      // A client that closed over what came with the grant tells of a session that it no longer has.
      session.sockets.set(message.nsp, message.id);
      session.recovered = message.recovered;
    } else if (message.happened === "heard") this.heard.push(message);
    else if (message.happened === "refused") this.refusals.push(message.why);
    else if (message.happened === "unpacked") this.unpacked.push(message.encoding);
    else if (message.happened === "twin connected") this.twins += 1;
    this.emit("change");
  }
}
