// Writes ws_capture.json: what `ws`, client and server, put on the wire for the same messages under
// every kind of agreement on permessage-deflate. ws_test.cpp reads it. After `npm ci` in tests/lab:
//
//     node tests/core/websocket/ws_capture.mjs
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';

const require = createRequire(new URL('../../lab/package.json', import.meta.url));
const { WebSocket, WebSocketServer } = require('ws');

const event = (id) => `42["news",{"id":${id},"title":"the same words again, and again"}]`;

/// What each side sends. `parts` go out as fragments, with a ping before each but the first.
const messages = [
  { text: event(1) },
  { text: event(2) },
  { text: '' },
  { text: event(3), compress: false },
  { text: event(4) + ' zażółć gęślą jaźń 🎉' },
  { base64: Buffer.from(Array.from({ length: 130 }, (_, i) => (i * i) & 255)).toString('base64') },
  { parts: [event(5).slice(0, 20), '', event(5).slice(20)] },
  { text: Array.from({ length: 9 }, (_, i) => event(i * 7919)).join('') },
  { text: 'far', times: 22_000 },
  { text: event(6) },
];

async function send(socket) {
  for (const { text, times = 1, base64, parts, compress = true } of messages) {
    if (base64) socket.send(Buffer.from(base64, 'base64'), { compress });
    else if (!parts) socket.send(text.repeat(times), { compress });
    else
      parts.forEach((part, i) => {
        if (i > 0) socket.ping(`between ${i}`);
        socket.send(part, { compress, fin: i === parts.length - 1 });
      });
  }
}

/// Both sides' bytes after the handshake, and what the response said.
async function capture(serverOptions, clientOptions) {
  const server = new WebSocketServer({
    port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0, ...serverOptions },
  });
  await once(server, 'listening');
  const wires = { toServer: [], toClient: [] };
  const relay = net.createServer((near) => {
    const far = net.connect(server.address().port, '127.0.0.1');
    near.on('data', (bytes) => { wires.toServer.push(bytes); far.write(bytes); });
    far.on('data', (bytes) => { wires.toClient.push(bytes); near.write(bytes); });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');

  let left = 2;
  let done;
  const finished = new Promise((resolve) => { done = resolve; });
  const count = (socket) => {
    let seen = 0;
    socket.on('message', () => { if (++seen === messages.length && --left === 0) done(); });
  };
  server.on('connection', (socket) => { count(socket); send(socket); });
  const client = new WebSocket(`ws://127.0.0.1:${relay.address().port}`, {
    perMessageDeflate: { threshold: 0, ...clientOptions },
    generateMask: (mask) => mask.set([0x37, 0xfa, 0x21, 0x3d]),
  });
  count(client);
  client.on('open', () => send(client));
  await finished;
  client.terminate();
  server.close();
  relay.close();

  const bodies = {};
  let extensions = '';
  for (const [side, chunks] of Object.entries(wires)) {
    const all = Buffer.concat(chunks);
    const head = all.indexOf('\r\n\r\n') + 4;
    bodies[side] = all.subarray(head).toString('base64');
    if (side === 'toClient')
      extensions = /^sec-websocket-extensions: (.*)\r$/im.exec(all.subarray(0, head).toString())?.[1] ?? '';
  }
  return { extensions, ...bodies };
}

const connections = [];
for (const serverNoContextTakeover of [false, true])
  for (const clientNoContextTakeover of [false, true])
    for (const [serverMaxWindowBits, clientMaxWindowBits] of [[], [9, 9], [12, 10], [8, 8]])
      connections.push(await capture(
        { serverNoContextTakeover: serverNoContextTakeover || undefined, serverMaxWindowBits,
          clientNoContextTakeover: clientNoContextTakeover || undefined, clientMaxWindowBits },
        {}));

const lines = connections.map((connection) => JSON.stringify(connection)).join(',\n');
writeFileSync(new URL('ws_capture.json', import.meta.url),
  `{"messages":${JSON.stringify(messages)},\n"connections":[\n${lines}\n]}\n`);
