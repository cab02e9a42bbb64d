// The upstream process, and what it says of each session.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export class Upstream {
  /** How each session ended, by the server's word. */
  ended = new Map();
  port = 0;
  #told = () => {};

  /** With `pem`, a file of a certificate and its key, over TLS. */
  static async start(pem) {
    const upstream = new Upstream();
    upstream.pem = pem;
    await upstream.#fork();
    return upstream;
  }

  async #fork() {
    this.child = fork(fileURLToPath(new URL("server.mjs", import.meta.url)), [String(this.port), ...(this.pem ? [this.pem] : [])], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.child.on("message", (said) => {
      if (said.ended) this.ended.set(said.ended.id, said.ended);
      if (said.told) this.#told(said.told);
    });
    this.port = (await once(this.child, "message"))[0].port;
  }

  order(what) {
    this.child.send(what);
  }
  signal(name) {
    this.child.kill(name);
  }
  async kill() {
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }
  async restart() {
    await this.#fork();
  }
  /** `{ sessions, wrong, lag }`, once all that was reported before has come; `lag` as Lag.take() has it. */
  tell() {
    return this.#answer({ do: "tell" });
  }
  /** From now on its clients are shown this certificate. */
  async show(pem) {
    this.pem = pem;
    await this.#answer({ do: "show", file: pem });
  }
  #answer(order) {
    return new Promise((resolve) => {
      this.#told = resolve;
      this.child.send(order);
    });
  }
}
