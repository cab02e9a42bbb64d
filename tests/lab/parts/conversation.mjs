// What a healthy session may carry: the same words for every generation, parser, transport and encoding.
import { deepEqual as same } from "node:assert/strict";
import { breaksBinaryBroadcasts } from "./generations.mjs";

// What a decoder may trip over: JavaScript's line ends, escapes, and characters of one to four bytes, because
// Engine.IO 3 counts UTF-16 units.
const kText = 'tab\t "quoted" back\\slash \\n and \\\\n, a line\nand\r\n more, \u2028\u2029, ~ é 漢 😀 </script>';
const kPhoto = Buffer.from([0, 1, 2, 0x1e, 0x7b, 128, 255]);

export const kNamespaces = ["/", "/chat"];

/** The app on the server: namespaces, and a room for whoever asks. */
export function serveConversation(io) {
  io.of("/chat");
  io.on("connection", (socket) => socket.on("join", (room) => socket.join(room)));
}

/** Events, acks, rooms, namespaces and binary, both ways, and all of it compared. */
export async function converse(server, client) {
  const before = client.heard.length;
  same(await client.ask("/", "question", kText, [1, { deep: null }]), ["ok", kText, [1, { deep: null }]]);
  same(await client.ask("/chat", "question", kText), ["ok", kText]);
  same(await client.ask("/", "photo", kPhoto, { deep: [kPhoto] }), ["ok", kPhoto, { deep: [kPhoto] }]);
  same(await server.ask("question", kText, 7), [["ok", kText, 7]]);
  same(await server.ask("photo", kPhoto), [["ok", kPhoto]]);

  await client.ask("/", "join", "room");
  server.io.emit("news", kText);
  server.io.of("/chat").emit("news", kText);
  server.io.to("room").emit("whisper", 1);
  server.io.to("another room").emit("whisper", 2);
  const album = breaksBinaryBroadcasts(server.generation) ? [kText] : [kPhoto, Buffer.alloc(0), kText];
  server.io.emit("photo", ...album);
  server.io.emit("long", kText.repeat(100)); // Over the threshold of every compression.
  await client.say("/", "long", kText.repeat(100));
  await server.hears("/", "long", 1);
  server.io.emit("end");
  await client.hears("end", client.sessions.length);

  const heard = client.heard.slice(before).map(({ nsp, args }) => [nsp, ...args]);
  same(heard.filter(([nsp]) => nsp === "/chat"), [["/chat", "news", kText]]);
  same(heard.filter(([nsp]) => nsp === "/"), [
    ["/", "question", kText, 7],
    ["/", "photo", kPhoto],
    ["/", "news", kText],
    ["/", "whisper", 1],
    ["/", "photo", ...album],
    ["/", "long", kText.repeat(100)],
    ["/", "end"],
  ]);
}

/** Goes properly and comes back: two sessions, one after the other. */
export async function comeBack(server, client) {
  const life = client.sessions.length + 1;
  await client.disconnect();
  await server.closes(client.current.sid);
  await client.connect();
  await client.settled(life);
}
