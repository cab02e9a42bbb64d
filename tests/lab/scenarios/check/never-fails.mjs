import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "--fail-on never reports a leak and passes",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: { orphans: 1, extra: 1, poisoned: true },
  check: ({ transport }) => ({
    ...app("leaks", [], transport),
    args: ["--fail-on", "never"],
    childExit: 0,
    exit: 0,
    result: "findings",
  }),
};
