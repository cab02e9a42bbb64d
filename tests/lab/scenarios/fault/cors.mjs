import { once } from "node:events";
import { createServer } from "node:http";
import { findBrowser, openBrowser } from "../../parts/browser.mjs";

export default {
  says: "a page of another origin polls a server that allows none: the browser hides every answer from it",
  over: { versions: ["4.8.4"], transports: ["polling"] },
  lacks: () => (findBrowser() ? null : "there is no Chromium; apt-get install chromium"),
  claims: { faulty: true },
  expect: { lossy: true, faults: { "handshake/cors": "likely", "leak/no-namespace": "certain" } },

  async play({ server, url }) {
    const elsewhere = createServer((request, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html>
<script src="${url}/socket.io/socket.io.js"></script>
<script>io("${url}", { transports: ["polling"], reconnectionDelay: 300 });</script>`),
    );
    elsewhere.listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
      await page.waitForFunction(() => performance.getEntriesByType("resource").length > 5);
    } finally {
      await browser.close();
      elsewhere.close();
      elsewhere.closeAllConnections();
    }
    for (const { sid } of server.open) await server.closes(sid); // Each was opened for nobody.
  },
};
