import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a test that passes but leaks fails the build",
  over: { transports: ["polling", "websocket", "upgrade"] },
  serve: serveApps,
  claims: { orphans: 1, extra: 1, poisoned: true },
  check: ({ transport }) => ({
    ...app("leaks", [], transport),
    childExit: 0,
    exit: 1,
    result: "findings",
  }),
};
