import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a test that SIGKILL ended reports 128 + 9, as a shell does",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: {},
  check: ({ transport }) => ({
    ...app("behaves", ["--signal", "SIGKILL"], transport),
    childExit: 137,
    exit: 137,
    ownExit: 0,
    result: "clean",
  }),
};
