import { ok } from "node:assert/strict";
import { comeBack, converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";

export default {
  says: "Engine.IO 3 in a browser polls in bytes: payloads that hold texts and binary, with lengths of their own",
  over: { versions: ["2.5.0 on 2.5.1", "2.5.0 on 4.8.4"], transports: ["polling"] },
  options: { allowEIO3: true },
  quirk: "xhr2",
  serve: serveConversation,
  claims: {},

  async play({ server, tab }) {
    const client = tab({ namespaces: kNamespaces });
    await client.settled();
    await converse(server, client);
    await comeBack(server, client);
    await converse(server, client);

    const inBytes = ({ headers }) => headers["content-type"] === "application/octet-stream";
    ok(server.requests.some(inBytes), "it posts bytes");
    ok(!server.requests.some(({ url }) => /[?&]b64=/.test(url)), "it asks for bytes");
  },
};
