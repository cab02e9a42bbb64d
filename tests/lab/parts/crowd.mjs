// What a server goes through with a whole crowd of clients (parts/quirks/crowd.mjs).
import { kCrowd } from "./quirks/crowd.mjs";
import { until } from "./until.mjs";

/** Resolves once the whole crowd is connected, on the transport it wants, and each has answered a ping. */
export async function isFull(server, transport) {
  const wanted = transport === "polling" ? "polling" : "websocket";
  const there = (session) => session.sockets.length > 0 && session.transport === wanted;
  await until("the whole crowd is in", () => server.open.filter(there).length === kCrowd, [server]);
  await server.pulse();
}
