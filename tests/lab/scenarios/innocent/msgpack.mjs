import { comeBack, converse, kNamespaces, serveConversation } from "../../parts/conversation.mjs";

export default {
  says: "socket.io-msgpack-parser on both ends: every packet is binary, and everything is read as otherwise",
  over: { versions: ["4.8.4", "4.7.5 on 4.5.4"], transports: ["polling", "websocket", "upgrade"] },
  parser: "msgpack",
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
