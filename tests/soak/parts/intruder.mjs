// Whoever attacks: in a process of its own, so that its work delays nobody whose time is taken.
import { connect } from "node:net";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Writes `pieces` with pauses, reads and forgets, and is gone when the other side is or the time is over. All of it arrives,
 * unless it `stays` behind it for a while (ms): then it leaves as a client that is killed. */
export function intruder(port, pieces, { pause = 0, reads = true, stays = 0 } = {}) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const stop = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve();
    };
    const timer = setTimeout(stop, 20_000);
    socket.on("error", stop);
    const gone = new Promise((over) => socket.on("close", over));
    gone.then(stop);
    if (reads) socket.resume();
    socket.on("connect", async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        if (!socket.write(piece)) await Promise.race([new Promise((flowing) => socket.once("drain", flowing)), gone]);
        if (pause > 0) await sleep(pause);
      }
      if (stays > 0) setTimeout(stop, stays);
      else socket.end();
    });
  });
}

export function* repeated(piece, count) {
  for (let i = 0; i < count; i += 1) yield piece;
}

/** Runs `make(i)` for each number below `count`, `atOnce` at a time. */
export async function crowd(count, atOnce, make) {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, async () => {
    while (next < count) await make(next++);
  }));
}

/** Takes `{ port, what, n }` from the parent process, if there is one, and answers when that attack is over. */
export function obey(attacks) {
  if (!process.send) return;
  process.on("message", async ({ port, what, n }) => {
    const told = await attacks[what](port, n);
    process.send({ done: what, told });
  });
  process.on("disconnect", () => process.exit());
}
