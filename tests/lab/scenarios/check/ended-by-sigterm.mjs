import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a test that SIGTERM ended reports 128 + 15, as a shell does",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: {},
  check: ({ transport }) => ({
    ...app("behaves", ["--signal", "SIGTERM"], transport),
    childExit: 143,
    exit: 143,
    ownExit: 0,
    result: "clean",
  }),
};
