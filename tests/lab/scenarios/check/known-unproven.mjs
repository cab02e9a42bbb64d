import { fileURLToPath } from "node:url";
import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a suspect that is never proven leaves no doubt when its leak is in the baseline",
  over: { transports: ["polling", "websocket"] },
  serve: serveApps,
  options: { pingInterval: 25_000, pingTimeout: 20_000 }, // The defaults: no ping comes in time.
  expect: { confidence: "possible" },
  claims: { orphans: 1, poisoned: true },
  check: ({ transport }) => ({
    ...app("leaks", ["--hurry", "2500"], transport),
    args: ["--baseline", fileURLToPath(new URL("../../apps/baseline.ndjson", import.meta.url))],
    childExit: 0,
    exit: 0,
    result: "clean",
    judge: ({ findings, verdict }) => [
      ...findings.filter(({ baseline }) => baseline !== "known").map(({ rule }) => `${rule} is not known`),
      ...(verdict.known === findings.length ? [] : [`${verdict.known} known`]),
    ],
  }),
};
