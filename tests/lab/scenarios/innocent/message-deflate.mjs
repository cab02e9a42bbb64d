import { deepEqual, ok } from "node:assert/strict";
import { kAgreements } from "../../parts/agreements.mjs";
import { converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";

export default {
  says: "permessage-deflate with everything that can be agreed on, both ways, and all is read",
  over: { cases: kAgreements, versions: ["4.8.4", "2.5.0 on 2.5.1"], transports: ["websocket", "upgrade"] },
  serve: serveConversation,
  claims: {},

  async play({ server, tab, agreed }) {
    const client = tab({ namespaces: kNamespaces, options: { perMessageDeflate: { threshold: 0 } } });
    const { sid } = await client.settled();
    await converse(server, client);

    const session = server.sessions.get(sid);
    ok(session.deflate, "permessage-deflate was agreed on");
    deepEqual({ ...session.deflate }, agreed);
    const written = session.bytesWritten;
    server.io.emit("even", "x".repeat(50_000));
    await client.hears("even");
    ok(session.bytesWritten - written < 5000, "it went out compressed");
    await client.ask("/", "even", "x".repeat(50_000));
  },
};
