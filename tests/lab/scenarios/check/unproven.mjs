import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a suspect that dies with the test, before its next ping, is neither a leak nor clean",
  over: { transports: ["polling", "websocket", "upgrade"] },
  serve: serveApps,
  options: { pingInterval: 25_000, pingTimeout: 20_000 }, // The defaults: no ping comes in time.
  expect: { confidence: "possible" },
  claims: { orphans: 1, poisoned: true },
  check: ({ transport }) => ({
    ...app("leaks", ["--hurry", "2500"], transport),
    args: ["--fail-on", "leak:likely"],
    childExit: 0,
    exit: 3,
    result: "inconclusive",
    judge: ({ findings }) => {
      const suspects = findings.filter(({ rule }) => rule === "leak/orphan-after-parse-error");
      if (suspects.length !== 1) return [`${suspects.length} suspects instead of one`];
      const [{ unproven, confidence }] = suspects;
      return unproven === true && confidence === "possible" ? [] : [`unproven ${unproven}, ${confidence}`];
    },
  }),
};
