import { comeBack, converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";

// Clients of every generation on the server of their own, and on those before and after it.
const matched = ["2.5.0 on 2.5.1", "3.1.3 on 3.1.2", "4.1.3 on 4.1.3", "4.5.4 on 4.5.4", "4.7.5 on 4.7.5", "4.8.4 on 4.8.4"];
const older = ["2.5.0 on 3.1.2", "2.5.0 on 4.8.4", "3.1.3 on 4.8.4"];
const newer = ["4.8.4 on 3.1.2", "4.7.5 on 4.1.3"];

export default {
  says: "whatever a session may carry, in every generation: text, acks, binary, rooms, namespaces; and a clean reconnect",
  over: { versions: [...matched, ...older, ...newer], transports: ["polling", "websocket", "upgrade"] },
  options: { allowEIO3: true },
  serve: serveConversation,
  claims: {},

  async play({ server, tab }) {
    const client = tab({ namespaces: kNamespaces });
    await client.settled();
    await converse(server, client);
    await comeBack(server, client);
    await converse(server, client);
  },
};
