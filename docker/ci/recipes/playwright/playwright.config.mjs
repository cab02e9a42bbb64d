import { defineConfig } from "@playwright/test";
import { serverUrl } from "../sioscope.mjs";

// One worker: a finding belongs to the test during which its session connected.
export default defineConfig({
  testMatch: "*.test.mjs",
  workers: 1,
  reporter: "list",
  outputDir: "../node_modules/.playwright",
  use: {
    baseURL: serverUrl("http://127.0.0.1:3000"), // The page comes through sioscope, so its client connects there too.
    launchOptions: {
      executablePath: process.env.CHROMIUM || undefined, // Else the browser that `npx playwright install` brought.
      args: process.env.CHROMIUM_ARGS?.split(" ") ?? [],
    },
  },
});
