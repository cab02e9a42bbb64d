// A reverse proxy between clients and sioscope that knows HTTP and no WebSockets, as nginx does unless it is told:
// what the client said for one hop alone ends here, its Upgrade header too (RFC 9110, 7.6.1).
import { once } from "node:events";
import { createServer, request as ask } from "node:http";

const kOfOneHop = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

export class Proxy {
  #target;
  #server;
  #hedgesMs;

  /** `hedgesMs`: a GET that has no answer by then is asked again, and the first answer counts (Envoy: "hedging"). */
  static async start(targetUrl, { hedgesMs } = {}) {
    const proxy = new Proxy();
    proxy.#target = new URL(targetUrl);
    proxy.#hedgesMs = hedgesMs;
    proxy.#server = createServer((request, response) => proxy.#pass(request, response)).listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    proxy.url = `http://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #pass(request, response) {
    const { method, url } = request;
    const { hostname, port } = this.#target;
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !kOfOneHop.has(name)));
    const body = Buffer.concat(await request.toArray().catch(() => []));
    const asked = [];
    const send = () => {
      const sent = ask({ hostname, port, method, path: url, headers, agent: false });
      sent.on("response", (answer) => response.headersSent ? answer.resume() : relay(answer, response));
      sent.on("error", () => response.headersSent || response.destroy());
      asked.push(sent.end(body));
    };
    send();
    const again = this.#hedgesMs && method === "GET" && setTimeout(send, this.#hedgesMs);
    response.on("close", () => {
      clearTimeout(again);
      if (!response.writableFinished) for (const sent of asked) sent.destroy(); // The client is gone.
    });
  }
}

function relay(answer, response) {
  const { statusCode, headers } = answer;
  response.writeHead(statusCode, Object.fromEntries(Object.entries(headers).filter(([name]) => !kOfOneHop.has(name))));
  answer.pipe(response);
}
