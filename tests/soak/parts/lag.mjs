// How long this process's event loop kept what had come waiting. Whoever measures an echo has to know: a server or a client
// that was busy looks like a proxy that is slow.
import { monitorEventLoopDelay } from "node:perf_hooks";

const kResolution = 5;

export class Lag {
  #delays = monitorEventLoopDelay({ resolution: kResolution });

  constructor() {
    this.#delays.enable();
  }
  /** The longest since the last call, in ms. */
  take() {
    const longest = Math.max(0, this.#delays.max / 1e6 - kResolution);
    this.#delays.reset();
    return longest;
  }
}
