// What the tests of every runner do. A real project has these lines in its tests.
import { once } from "node:events";
import { io } from "socket.io-client";
import { io as leakyIo } from "leaky-client";
import { serverUrl } from "../sioscope.mjs";

const kUrl = serverUrl("http://127.0.0.1:3000");
const kOptions = { forceNew: true, reconnectionDelay: 100, randomizationFactor: 0 };

/** Two clients; what one says reaches the other. */
export async function messageReachesEverybody() {
  const [alice, bob] = [io(kUrl, kOptions), io(kUrl, kOptions)];
  try {
    await Promise.all([once(alice, "connect"), once(bob, "connect")]);
    const heard = once(bob, "chat");
    alice.emit("say", "hello");
    return (await heard)[0];
  } finally {
    alice.disconnect();
    bob.disconnect();
  }
}

/** A client meets a packet that it cannot read, and comes back as if nothing had happened: to the test all is well. */
export async function clientComesBack() {
  const client = leakyIo(kUrl, kOptions);
  try {
    await once(client, "connect");
    const back = once(client, "connect");
    client.emit("bug");
    await back;
    return client.connected;
  } finally {
    client.disconnect();
  }
}
