import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "--env names the variable the test reads its URL from",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: {},
  check: ({ transport }) => ({
    ...app("behaves", [], transport),
    args: ["--env", "APP_URL"],
    urlIn: "APP_URL",
    childExit: 0,
    exit: 0,
    result: "clean",
  }),
};
