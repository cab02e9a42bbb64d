// Pages in a real browser: Chromium, where there is one.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const kNames = ["chromium", "chromium-browser", "google-chrome"];

/** The path of a Chromium, or undefined. */
export function findBrowser() {
  const folders = process.env.PATH.split(delimiter);
  return kNames.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

export const openBrowser = () =>
  chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] }); // Nobody's pages but ours are opened.

/** A page that connects to where it came from, counts what it hears in its title, and joins its room each time. */
export const pageFor = (transports) => `<!doctype html>
<title>0</title>
<script src="/socket.io/socket.io.js"></script>
<script>
  const socket = io({ transports: ${JSON.stringify(transports)} });
  socket.on("connect", () => socket.emit("join", "room"));
  socket.on("news", () => (document.title = Number(document.title) + 1));
</script>`;
