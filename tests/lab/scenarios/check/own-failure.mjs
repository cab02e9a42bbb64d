import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a test that fails by itself keeps its code",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: {},
  check: ({ transport }) => ({
    ...app("behaves", ["--exit", "7"], transport),
    childExit: 7,
    exit: 7,
    ownExit: 0,
    result: "clean",
  }),
};
