import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a test that never came through the proxy proves nothing",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: {},
  check: ({ transport }) => ({
    ...app("stays-away", [], transport),
    childExit: 0,
    exit: 3,
    result: "inconclusive",
  }),
};
