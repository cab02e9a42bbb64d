import { findBrowser, openBrowser, pageFor } from "../../parts/browser.mjs";

const kTransports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };

export default {
  says: "two tabs of one browser are reloaded again and again, rejoin their room, and one of them is closed",
  over: { transports: ["polling", "websocket", "upgrade"] },
  lacks: () => (findBrowser() ? null : "there is no Chromium; apt-get install chromium"),
  claims: {},
  expect: { lossy: true },

  serve(io, server) {
    server.http.on("request", ({ url, method }, response) => {
      if (url === "/" && method === "GET")
        response.writeHead(200, { "content-type": "text/html" }).end(pageFor(kTransports[server.transport]));
      else if (!url.startsWith("/socket.io/")) response.writeHead(404).end();
    });
  },

  async play({ server, url, transport }) {
    server.transport = transport;
    const browser = await openBrowser();
    try {
      const context = await browser.newContext();
      const pages = [await context.newPage(), await context.newPage()];
      const hear = async (page) => {
        server.io.emit("news");
        await page.waitForFunction(() => Number(document.title) > 0);
      };
      let joins = 0;
      for (const page of pages) {
        await page.goto(url);
        await server.hears("/", "join", ++joins);
      }
      for (let times = 0; times < 3; times++)
        for (const page of pages) {
          await hear(page);
          await page.reload();
          await server.hears("/", "join", ++joins);
        }
      await server.pulse();
      await pages[0].close();
      await hear(pages[1]);
    } finally {
      await browser.close();
    }
  },
};
