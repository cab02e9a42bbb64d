import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a test that leaves nothing behind passes",
  over: { transports: ["polling", "websocket", "upgrade"] },
  serve: serveApps,
  claims: {},
  check: ({ transport }) => ({
    ...app("behaves", [], transport),
    childExit: 0,
    exit: 0,
    result: "clean",
  }),
};
