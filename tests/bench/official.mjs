// The official parsers as a contender of decode.mjs: engine.io-parser, then socket.io-parser, as a client has them one behind
// the other. For each line `<workload> <milliseconds>` it decodes passes for that long and answers with a line of JSON.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { wire, workloads } from "./workloads.mjs";

const require = createRequire(new URL("../differential/package.json", import.meta.url));
const { decodePacket, decodePayload } = require("engine.io-parser");
const { Decoder } = require("socket.io-parser");

let packets = 0;
let checksum = 0; // What was decoded, in a number that every contender can have: see README.md.
const decoder = new Decoder();
decoder.on("decoded", ({ data }) => {
  packets += 1;
  checksum += data[0].length;
  if (Buffer.isBuffer(data[1])) checksum += data[1].length;
});

// As engine.io-client in Node has it: "nodebuffer", with which a Buffer is passed on uncopied.
const passes = {
  websocket: ({ messages }) => {
    for (const message of messages) decoder.add(decodePacket(message, "nodebuffer").data);
  },
  polling: ({ body }) => {
    for (const packet of decodePayload(body, "nodebuffer")) decoder.add(packet.data);
  },
};

const prepared = new Map(workloads.map((workload) => [workload.name, { ...workload, body: wire(workload).toString() }]));
const microseconds = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, milliseconds] = line.split(" ");
  const workload = prepared.get(name);
  const decode = passes[workload.transport];
  packets = 0;
  checksum = 0;
  let count = 0;
  const start = microseconds();
  let now;
  do {
    for (let i = 0; i < 20; ++i) decode(workload);
    count += 20;
    now = microseconds();
  } while (now - start < Number(milliseconds) * 1000);
  console.log(JSON.stringify({ passes: count, packets, checksum, nanoseconds: (now - start) * 1000 }));
}
