import { fileURLToPath } from "node:url";
import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "what an ignore takes is reported, says why, and fails nothing",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: { orphans: 1, extra: 1, poisoned: true },
  check: ({ transport }) => ({
    ...app("leaks", [], transport),
    args: ["--config", fileURLToPath(new URL("../../apps/ignores.toml", import.meta.url))],
    childExit: 0,
    exit: 0,
    result: "clean",
    judge: ({ findings, verdict }) => [
      ...findings.filter(({ ignored }) => !ignored?.reason).map(({ rule }) => `${rule} is not ignored`),
      ...(verdict.ignored === findings.length ? [] : [`${verdict.ignored} ignored`]),
    ],
  }),
};
