// Attacks, one after the other, from a process of their own, and beside them sessions that behave: these must go on. One of
// them talks straight to the server, with nothing between: what its echo takes is not the program's doing.
import { fork } from "node:child_process";
import { once } from "node:events";
import { check, note } from "./claims.mjs";
import { Lag } from "./lag.mjs";
import { Session, sleep } from "./session.mjs";

const kPatience = 30_000;
const within = (promise) => Promise.race([promise, sleep(kPatience)]);

export class Siege {
  #lag = new Lag();
  #talking = true;
  #deserted;

  /** `attacker`: the URL of a module that takes `{ port, what, n }` and answers when it is done; parts/attacks.mjs is one. */
  static async begin({ name, program, upstream, attacker, client = {} }) {
    const siege = new Siege();
    Object.assign(siege, { name, program, upstream, client, attacker: fork(attacker) });
    siege.#deserted = once(siege.attacker, "exit").then(([code, signal]) => {
      throw new Error(`the attacker ended with ${code ?? signal}`);
    });
    siege.#deserted.catch(() => {}); // Who waits for it hears of it.
    siege.good = Array.from({ length: 10 }, () => new Session(program.port, client));
    siege.straight = new Session(upstream.port);
    await Promise.all(siege.#everybody.map((one) => one.opened()));
    await sleep(300);
    siege.talked = (async () => {
      for (; siege.#talking; await sleep(50)) for (const one of siege.#everybody) one.say();
    })();
    return siege;
  }

  get #everybody() {
    return [...this.good, this.straight];
  }

  /** Resolves with what the attacker tells, or with null when the program did not outlive it. */
  async attack(what, n) {
    const { good, straight, program, upstream, name } = this;
    // What is behind of the last one counts for that one.
    await within(Promise.all(good.map((one) => one.until(() => one.said - one.heard < 2))));
    for (const one of this.#everybody) one.longest = 0;
    this.#lag.take();
    await upstream.tell();
    const before = good.map((one) => one.heard);
    const times = program.times;
    this.attacker.send({ port: program.port, what, n });
    const [told] = await Promise.race([once(this.attacker, "message"), this.#deserted]);
    const now = program.times;
    await sleep(200);
    const heard = await within(Promise.all(good.map((one, i) => one.until(() => one.heard > before[i]))));
    check(`${name}: during ${what} those who behave go on`, heard?.every(Boolean), good.map((one) => `${one.state} ${one.how}`).join("\n"));
    const { lag } = await upstream.tell();
    const ms = (figure) => `${figure.toFixed(0)} ms`;
    note(
      `${name}: ${what}`,
      `longest echo ${ms(Math.max(...good.map((one) => one.longest)))} (without a proxy ${ms(straight.longest)}; the server's loop was late by ${ms(lag)}, the clients' by ${ms(this.#lag.take())}; ` +
        `sioscope's threads waited up to ${ms(now.waited - times.waited)} for a processor, and had ${ms(now.ran - times.ran)} of it), memory ${program.memory.toFixed(0)} MB`,
    );
    return check(`${name}: the program outlives ${what}`, program.alive, program.output.slice(-2000)) ? told : null;
  }

  /** All that was said must have been heard, and nobody of the attackers stay behind. */
  async end() {
    const { good, program, name } = this;
    this.attacker.kill("SIGKILL");
    this.#talking = false;
    await this.talked;
    await within(Promise.all(good.map((one) => one.answered())));
    check(`${name}: no byte of theirs is wrong or missing`, good.every((one) => one.alive && !one.wrong && one.heard === one.said), good.map((one) => `${one.state} ${one.heard} of ${one.said} ${one.wrong}`).join("\n"));
    const most = Math.max(...program.samples.map((one) => one.memory));
    note(`${name}: most memory, MB`, most.toFixed(0));
    check(`${name}: memory stays bounded`, most < 400, most);
    for (const one of this.#everybody) one.leave();
    for (let i = 0; i < 300 && (await program.metric("sioscope_connections_active")) > 0; i += 1) await sleep(50);
    check(`${name}: nobody stays behind`, (await program.metric("sioscope_connections_active")) === 0);
  }
}
