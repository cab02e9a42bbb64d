// A command as a CI would run it, in place of a test suite: `node sessions.mjs leaks|behaves`.
import { setTimeout as sleep } from "node:timers/promises";
import { clientComesBack, messageReachesEverybody } from "../../docker/ci/recipes/app/chat.mjs";

if (process.argv[2] === "leaks") {
  await clientComesBack();
  await sleep(1000); // The server pings the old session, and it answers: the proof.
} else {
  await messageReachesEverybody();
}
process.exit(0);
