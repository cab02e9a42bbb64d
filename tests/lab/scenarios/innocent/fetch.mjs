import { comeBack, converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";

export default {
  says: "polling by fetch(): connections that stay, and bodies packed and unpacked without being asked",
  over: { versions: ["4.8.4", "4.8.4 on 3.1.2"], transports: ["polling"] },
  quirk: "fetches",
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
