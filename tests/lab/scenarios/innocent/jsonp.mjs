import { ok } from "node:assert/strict";
import { comeBack, converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";

export default {
  says: "JSONP in both revisions: scripts that call ___eio[n](\"...\"), form posts, and every escape a string may have",
  over: { versions: ["2.5.0 on 2.5.1", "2.5.0 on 4.8.4", "3.1.3 on 3.1.2", "3.1.3 on 4.8.4"], transports: ["polling"] },
  options: { allowEIO3: true },
  quirk: "script-tags",
  serve: serveConversation,
  claims: {},

  async play({ server, tab }) {
    const client = tab({ namespaces: kNamespaces });
    await client.settled();
    await converse(server, client);
    await comeBack(server, client);
    await converse(server, client);
    const others = server.requests.filter(({ url }) => !/[?&]j=\d/.test(url));
    ok(server.requests.length > 10 && others.length === 0, "it polls by scripts alone");
  },
};
