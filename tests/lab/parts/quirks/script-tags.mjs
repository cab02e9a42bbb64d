// Just enough of a page for the JSONP transport of the clients up to 4.x: <script> elements that load, run and call
// `___eio[n]("...")`, and a <form> that posts `d=...` into an <iframe>. As in a browser, connections are kept alive.
import http from "node:http";
import { runInThisContext } from "node:vm";

export function assume({ options }) {
  options.forceJSONP = true;
  const { extraHeaders: headers } = options;
  const agent = new http.Agent({ keepAlive: true });
  const page = new Element("body", { agent, headers });
  globalThis.document = {
    head: page,
    body: page,
    createElement: (name) => new Element(name, { agent, headers }),
    getElementsByTagName: () => [],
  };
}

class Element {
  style = {};
  children = [];
  #name;
  #settings;

  constructor(name, settings) {
    this.#name = name;
    this.#settings = settings;
  }

  setAttribute() {}

  appendChild(child) {
    child.parentNode = this;
    this.children.push(child);
    if (child.#name === "script") child.#load();
  }

  removeChild(child) {
    this.children.splice(this.children.indexOf(child), 1); // What it loads goes on loading.
  }

  /** A script: runs what it is sent. */
  #load() {
    const failed = () => this.onerror?.({ type: "error" });
    http
      .get(this.src, this.#settings, async (response) => {
        const body = await whole(response);
        if (response.statusCode === 200) runInThisContext(body);
        else failed();
      })
      .on("error", failed);
  }

  /** A form: posts its one field, then the frame of its name has loaded. */
  submit() {
    const field = this.children.find(({ name }) => name === "d");
    const body = new URLSearchParams({ d: field.value.replace(/\r\n?|\n/g, "\r\n") }).toString();
    const headers = { ...this.#settings.headers, "content-type": "application/x-www-form-urlencoded" };
    const loaded = () => this.children.find(({ id }) => id === this.target)?.onload?.();
    http
      .request(this.action, { ...this.#settings, method: "POST", headers }, async (response) => {
        await whole(response);
        loaded();
      })
      .on("error", loaded)
      .end(body);
  }
}

async function whole(response) {
  response.setEncoding("utf8");
  let body = "";
  for await (const part of response) body += part;
  return body;
}
