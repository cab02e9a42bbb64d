// Asks the official code what JSONP bodies hold, and writes its answers for tests/core/engineio/jsonp_test.cpp: a
// response is what the servers write and a browser evaluates, a form is what the client submits and the servers read.
//
//   node jsonp_vectors.mjs [--count 150] [--seed 1] >../core/engineio/jsonp_vectors.json
//
// Each is {"body":...,"text":...}, where `text` is null when nobody is given one. Bodies are what peers write, or that
// with small things wrong. Left out is what only JavaScript itself would take, which JsonpResponse refuses and says so;
// and forms with bytes outside ASCII, which no browser sends bare, beside an escape that is none, which Node then mangles.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { runInNewContext } from "node:vm";
import { Random } from "./random.mjs";

const { values: options } = parseArgs({ options: { count: { type: "string", default: "150" }, seed: { type: "string", default: "1" } } });
const random = new Random(Number(options.seed));
const require = createRequire(import.meta.url);

/** A transport's class, with what is beneath JSONP replaced by something that keeps the text. */
function loadServer(transports) {
  const load = (file) => require(join(transports, file));
  const polling = load("polling.js").Polling ?? load("polling.js");
  const jsonp = load("polling-jsonp.js").JSONP ?? load("polling-jsonp.js");
  polling.prototype.onData = polling.prototype.doWrite = function (text) {
    this.text = text;
  };
  return (index) => Object.assign(Object.create(jsonp.prototype), { head: `___eio[${index}](`, foot: ");", text: null });
}
const newest = loadServer(join(dirname(require.resolve("engine.io")), "transports"));
const version3 = loadServer(join(dirname(require.resolve("engine.io-v3")), "transports"));

/** What both servers say. */
function bothServers(ask, index = 0) {
  const answers = [newest, version3].map((server) => {
    const transport = server(index);
    ask(transport);
    return transport.text;
  });
  if (answers[0] !== answers[1]) throw new Error(`the servers disagree: ${JSON.stringify(answers)}`);
  return answers[0];
}
const writeResponse = (payload, index) => bothServers((transport) => transport.doWrite(payload, {}, () => {}), index);
const readForm = (body) => bothServers((transport) => transport.onData(body));

// The client fills in a form of a page, of which this much is enough.
globalThis.document = { createElement: () => ({}) };
const client = require("engine.io-client-v3/lib/transports/polling-jsonp.js").prototype;
function writeForm(payload) {
  const page = { area: {}, iframe: {}, form: { submit() {}, appendChild() {}, removeChild() {} }, uri: () => "" };
  client.doWrite.call(page, payload, () => {});
  return new URLSearchParams({ d: page.area.value }).toString(); // As browsers encode forms.
}

/** The client hands the body to a script element, and any index is its own. */
function readResponse(body) {
  let text = null;
  const take = (message) => (text = message);
  try {
    runInNewContext(body, { ___eio: new Proxy([], { get: () => take }) });
  } catch {
    return null;
  }
  return text;
}

const PIECES = ["4hello", "42[\"a\"]", "\\n", "\\", "n", "\n", "\\\\n", "\"", "é", "\u20ac", "\u{1f600}", "\ud83d", "\ude00", "\u2028", "\u2029", "\0",
  "\u001e", "\t", "\u007f", "/", "</script>", "+", "&", "=", "%", "%4", "%41", " ", "'", "b4AQID", "\\u0041", ");", "日本"];
const INDICES = ["0", "1", "12", "007", "123456789012345678901234567890"];
const RESPONSE_MUTANTS = ["\"", "\\", "\n", "\r", "n", "u", "u0041", "\\u00e9", "\\ud83d", "\\ude00", "\\/", "\\'", "\\v", "\\a", "\t", "\u2028", "é", ")", ";", "(", "]", "[",
  "0", "_", "D83D", "G", " "];
const FORM_PIECES = ["d=", "&d=", "&", "=", "%64=", "d", "D=", "dd=", "j=1&", "%5C", "%5c", "\\", "\\\\", "n", "%6E", "%6e", "%0A", "+", "%20", "%", "%4", "%zz", "%5",
  "%26", "%3D", "%25", "%C3%A9", "%F0%9F%98%80", "1%3A2", "2:4a", "%E2%80%A8"];

const payload = () => random.repeat(random.below(7), () => random.pick(PIECES));

function mutate(text, mutants) {
  for (let i = random.below(3); i > 0; i--) {
    const at = random.chance(0.2) ? random.below(text.length + 1) : Math.min(10 + random.below(text.length), text.length);
    switch (random.below(3)) {
      case 0: text = text.slice(0, at) + random.pick(mutants) + text.slice(at); break;
      case 1: text = text.slice(0, at) + random.pick(mutants) + text.slice(at + 1); break;
      default: text = random.chance(0.3) ? text.slice(0, at) : text.slice(0, at) + text.slice(at + 1);
    }
  }
  return text.toWellFormed(); // As it arrives, in UTF-8.
}

const kServersForm = /^___eio\[[0-9]+\]\("(?:[^"\\]|\\[^])*"\);?[ \t\r\n]*$/;
const kNoServersEscape = /\\(?:u\{|[x0-9\n\r]|[^\0-\x7f])/;

function response() {
  const body = mutate(writeResponse(payload(), random.pick(INDICES)), RESPONSE_MUTANTS);
  const text = readResponse(body);
  const isJavaScriptsOnly = text !== null && (!kServersForm.test(body) || kNoServersEscape.test(body.replaceAll("\\\\", "")));
  return isJavaScriptsOnly ? response() : { body, text };
}

function form() {
  if (random.chance(0.5)) {
    const body = writeForm(payload());
    return { body, text: readForm(body) };
  }
  const body = (random.chance(0.7) ? "d=" : "") + random.repeat(random.below(8), () => random.pick(FORM_PIECES));
  try {
    decodeURIComponent(body);
  } catch {
    // Bytes that are no UTF-8 are decoded later over here: only ASCII beside what is no escape.
    if (/%[89a-f]/i.test(body)) return form();
  }
  return { body, text: readForm(body) };
}

function list(make) {
  const vectors = Array.from({ length: Number(options.count) }, make);
  return `[\n${vectors.map((vector) => JSON.stringify(vector)).join(",\n")}\n]`;
}
process.stdout.write(`{"responses":${list(response)},\n"forms":${list(form)}}\n`);
