// One client: opens a WebSocket session through the proxy, says what is to be said, and checks every byte that comes back.
import { connect } from "node:net";
import { connect as connectSecure } from "node:tls";
import { FrameReader, frame, kUpgrade, message } from "./frames.mjs";

let count = 0;

export class Session {
  id = `s${++count}`;
  state = "connecting"; // open, refused (an HTTP answer that is no 101), ended
  said = 0;
  heard = 0;
  wrong = null;
  how = null; // how it ended, as seen from here
  excused = null; // why it may end, if it may
  longest = 0; // the longest that an echo took, in ms
  #head = "";
  #reader = new FrameReader();
  #waiting = [];
  #times = [];
  #stalled = false;
  #plain; // the TCP socket itself, TLS or not

  /** `tls`: what node's tls.connect() takes, or nothing. */
  constructor(port, { host = "127.0.0.1", tls } = {}) {
    this.#plain = connect({ port, host, noDelay: true, allowHalfOpen: true });
    this.socket = tls ? connectSecure({ socket: this.#plain, ...tls }) : this.#plain;
    if (tls) this.#plain.on("error", (error) => (this.how ??= error.code));
    this.socket.on(tls ? "secureConnect" : "connect", () => this.socket.write(kUpgrade(this.id)));
    this.socket.on("data", (bytes) => this.#take(bytes));
    this.socket.on("end", () => {
      this.how ??= this.#reader.pending > 0 ? "cut" : "end";
      this.socket.end();
    });
    this.socket.on("error", (error) => (this.how ??= error.code));
    this.socket.on("close", () => {
      if (this.state !== "refused") this.state = "ended";
      this.#settle();
    });
  }

  #take(bytes) {
    if (this.state === "connecting") {
      this.#head += bytes.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.status = Number(this.#head.split(" ", 2)[1]);
      if (this.status !== 101) {
        this.state = "refused";
        this.socket.destroy();
        return;
      }
      this.state = "open";
      this.socket.write(frame("40", true));
      bytes = Buffer.from(this.#head.slice(end + 4), "latin1");
    }
    try {
      for (const text of this.#reader.read(bytes)) this.#hear(text);
    } catch (error) {
      this.wrong = error.message;
      this.socket.destroy();
    }
  }

  #hear(text) {
    if (text.startsWith("0{")) return;
    if (text === `40{"sid":"socket-${this.id}"}`) {
      this.ready = true;
      return this.#settle();
    }
    if (text !== message("echo", this.id, this.heard)) {
      this.wrong = `${this.id} hears ${text.slice(0, 80)} as its number ${this.heard}`;
      return;
    }
    this.longest = Math.max(this.longest, performance.now() - this.#times[this.heard % 64]);
    this.heard += 1;
    this.#settle();
  }

  #settle() {
    const over = this.state === "ended" || this.state === "refused";
    this.#waiting = this.#waiting.filter(({ done, resolve }) => {
      if (!over && !done()) return true;
      resolve(!over);
      return false;
    });
  }

  /** Resolves with true when it is so, with false when the session ended before. */
  until(done) {
    return new Promise((resolve) => {
      this.#waiting.push({ done, resolve });
      this.#settle();
    });
  }
  opened() {
    return this.until(() => this.ready);
  }
  /** Whether everything that was said has been echoed. */
  answered() {
    return this.until(() => this.heard === this.said);
  }

  /** One more message, unless 64 are unanswered. */
  say() {
    if (!this.ready || this.socket.writableEnded || this.state !== "open" || this.said - this.heard >= 64) return;
    this.#times[this.said % 64] = performance.now();
    this.socket.write(frame(message("say", this.id, this.said), true));
    this.said += 1;
  }

  get alive() {
    return this.state === "open" || this.state === "connecting";
  }
  abort() {
    this.excused = "we abort";
    this.#plain.resetAndDestroy();
  }
  /** Ends as a client that has nothing more to say: what was said must arrive, and be answered. */
  halfClose() {
    this.excused = "we half-close";
    this.halfClosed = true;
    this.socket.end();
  }
  stall(ms) {
    if (this.#stalled) return;
    this.#stalled = true;
    this.socket.pause();
    setTimeout(() => {
      this.#stalled = false;
      this.socket.resume();
    }, ms);
  }
  leave() {
    this.excused = "we leave";
    this.socket.end();
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
