// A log file opened at once: a scenario may end, and its folder go, before a lazy stream has opened anything.
import { createWriteStream, openSync } from "node:fs";

export function openLog(file) {
  const log = createWriteStream(file, { fd: openSync(file, "w") });
  log.on("error", () => {}); // A session that is given up after the scenario's end interests nobody.
  return log;
}
