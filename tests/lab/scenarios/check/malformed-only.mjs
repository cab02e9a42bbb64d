import { app, serveApps } from "../../parts/app.mjs";

export default {
  says: "a malformed packet is an error by itself, whoever copes with it",
  over: { transports: ["websocket"] },
  serve: serveApps,
  claims: { poisoned: true },
  check: ({ transport }) => ({
    ...app("behaves", ["--broken"], transport),
    childExit: 0,
    exit: 1,
    result: "findings",
  }),
};
