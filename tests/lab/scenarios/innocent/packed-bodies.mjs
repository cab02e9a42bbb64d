import { converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";
import { kPackings } from "../../parts/packings.mjs";

export default {
  says: "polling bodies that come packed, as browsers ask for them, are read as those that do not",
  over: { cases: kPackings, versions: ["4.8.4", "2.5.0 on 2.5.1"], transports: ["polling"] },
  serve: serveConversation,
  claims: {},

  async play({ server, tab, pack, packing }) {
    pack(server);
    const client = tab({ namespaces: kNamespaces, headers: { "accept-encoding": packing } });
    await client.settled();
    await converse(server, client);
    await client.until(`a body came as ${packing}`, () => client.unpacked.includes(packing));
  },
};
