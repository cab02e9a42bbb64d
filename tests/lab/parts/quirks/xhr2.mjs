// The XMLHttpRequest of a browser: it carries bytes, which the one of Node's clients cannot. Engine.IO 3 then writes
// binary payloads, `00 <length in decimal digits> ff <packet>`, instead of base64.
import http from "node:http";
import { createRequire } from "node:module";

/** Before the client is loaded: it looks once for what XMLHttpRequest can do. */
export function prepare(version) {
  const from = (file) => createRequire(file).resolve;
  const engine = from(from(import.meta.url)(`client-${version}`))("engine.io-client");
  const path = from(engine)("xmlhttprequest-ssl");
  createRequire(engine).cache[path] = { id: path, filename: path, loaded: true, exports: XMLHttpRequest };
}

const agent = new http.Agent({ keepAlive: true });

class XMLHttpRequest {
  readyState = 0;
  responseType = "";
  #request;
  #headers = {};
  #answer = {};

  open(method, url) {
    this.#request = { method, url };
  }
  setDisableHeaderCheck() {}
  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }
  getResponseHeader(name) {
    return this.#answer[name.toLowerCase()];
  }
  abort() {
    this.#request.sent?.destroy();
  }

  send(body) {
    const { method, url } = this.#request;
    this.#request.sent = http
      .request(url, { agent, method, headers: this.#headers }, async (response) => {
        this.status = response.statusCode;
        this.#answer = response.headers;
        this.#become(2);
        const bytes = Buffer.concat(await response.toArray());
        if (this.responseType === "arraybuffer") this.response = bytes;
        else this.responseText = bytes.toString();
        this.#become(4);
      })
      .on("error", () => {
        this.status = 0;
        this.#become(4);
      })
      .end(body);
  }

  #become(state) {
    this.readyState = state;
    this.onreadystatechange?.();
  }
}
