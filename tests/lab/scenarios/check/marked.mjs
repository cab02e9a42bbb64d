import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a leak is found in the test that it happened in, and not in the next, though the orphan lives on",
  over: { transports: ["polling", "websocket", "upgrade"] },
  serve: serveApps,
  claims: { orphans: 1, extra: 1, poisoned: true },
  check: ({ transport }) => ({
    ...app("marked", [], transport),
    args: ["--admin", "127.0.0.1:0"],
    childExit: 0,
    exit: 1,
    result: "findings",
  }),
};
