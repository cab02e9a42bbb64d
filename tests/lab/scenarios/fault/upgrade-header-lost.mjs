import { until } from "../../parts/until.mjs";

export default {
  says: "a reverse proxy takes the Upgrade header off: who may poll goes on polling, who may not never gets in",
  over: { versions: ["2.5.0 on 2.5.1", "4.7.5", "4.8.4"], transports: ["websocket", "upgrade"] },
  claims: { faulty: true },
  expect: { faults: { "handshake/upgrade-header-lost": "certain" } },

  async play({ server, tab, proxy, transport }) {
    const client = tab({ through: await proxy() });
    if (transport === "websocket") {
      await client.until("it was refused twice", () => client.refusals.length >= 2);
      await client.kill();
      return;
    }
    await client.until("it was connected", () => client.current?.sockets.has("/"));
    const asked = () => server.requests.some(({ url }) => /transport=websocket/.test(url));
    await until("it asked for a WebSocket", asked, [server]); // Each answered ping makes us look again.
    server.io.emit("news");
    await client.hears("news");
  },
};
