import { comeBack, converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";

export default {
  says: "a parser of the app's own: nothing of it can be read, which is said once a session, and nothing is called malformed",
  over: {
    cases: { text: { parser: "text" }, binary: { parser: "binary" } },
    versions: ["4.7.5"],
    transports: ["polling", "websocket", "upgrade"],
  },
  serve: serveConversation,
  claims: {},

  async play({ server, tab }) {
    const client = tab({ namespaces: kNamespaces });
    await client.settled();
    await converse(server, client);
    await comeBack(server, client);
    await server.pulse(2);
    await converse(server, client);
  },
};
