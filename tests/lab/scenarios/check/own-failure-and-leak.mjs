import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a test that fails keeps its code even when it leaked too",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: { orphans: 1, extra: 1, poisoned: true },
  check: ({ transport }) => ({
    ...app("leaks", ["--exit", "7"], transport),
    childExit: 7,
    exit: 7,
    ownExit: 1,
    result: "findings",
  }),
};
