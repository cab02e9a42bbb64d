// HAR from a real Chromium: as its developer tools export it, and as Playwright records it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBrowser, openBrowser } from "../../lab/parts/browser.mjs";
import { openLog } from "../../lab/parts/log.mjs";
import { analyze, finds } from "../parts/analyze.mjs";
import { record } from "../parts/devtools.mjs";
import { leak, startServer } from "../parts/story.mjs";

const kTransports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };
const kWays = {
  "developer tools": () => ({}),
  playwright: (path) => ({ recordHar: { path } }),
  "playwright, attached": (path) => ({ recordHar: { path, content: "attach" } }),
};

export const cases = () =>
  Object.keys(kWays).flatMap((way) =>
    Object.keys(kTransports).map((transport) => ({
      name: `browsers: ${way}, ${transport}`,
      lacks: () => (findBrowser() ? undefined : "there is no Chromium; apt-get install chromium"),
      play: (stage) => play(way, transport, stage),
    })),
  );

async function play(way, transport, { program, folder }) {
  const file = join(folder, "one.har");
  const server = await startServer(kTransports[transport], openLog(join(folder, "server.log")));
  const browser = await openBrowser();
  let orphan;
  try {
    const context = await browser.newContext(kWays[way](file));
    const page = await context.newPage();
    const tools = way === "developer tools" && (await record(page));
    await page.goto(server.url);
    orphan = await leak(server, kTransports[transport]);
    if (tools) writeFileSync(file, await tools.har());
    await context.close();
  } finally {
    await browser.close();
    await server.stop();
  }
  const analyzed = await analyze(program, folder, [file]);
  // Playwright 1.61 loses when a WebSocket's first message came, so two of them are out of step.
  const exact = way === "developer tools" || transport === "polling";
  const complaints = finds(orphan, analyzed, { exact });
  const ends = analyzed.stderr.includes("WebSockets is not recorded");
  if (ends !== (transport !== "polling")) complaints.push(`about ends it says: ${analyzed.stderr}`);
  return complaints;
}
