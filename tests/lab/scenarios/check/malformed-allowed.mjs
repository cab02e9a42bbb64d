import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "--fail-on leak:likely lets a malformed packet pass when nothing leaked",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: { poisoned: true },
  check: ({ transport }) => ({
    ...app("behaves", ["--broken"], transport),
    args: ["--fail-on", "leak:likely"],
    childExit: 0,
    exit: 0,
    result: "findings",
  }),
};
