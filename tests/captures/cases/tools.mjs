// One leak, captured by tcpdump and dumpcap, and what the usual tools make of such files.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openLog } from "../../lab/parts/log.mjs";
import { Tab } from "../../lab/parts/tab.mjs";
import { analyze, differences, finds } from "../parts/analyze.mjs";
import { leak, startServer } from "../parts/story.mjs";
import { cannotCapture, has, startCapture, tool } from "../parts/wire.mjs";

export const cases = () => [
  ...["polling", "websocket", "upgrade"].map((transport) => make(`tcpdump, ${transport}`, ["tcpdump"], (stage) => captured("tcpdump", transport, stage))),
  make("dumpcap, websocket", ["dumpcap"], (stage) => captured("dumpcap", "websocket", stage)),
  make("tcpdump on any interface", ["tcpdump"], onAny),
  make("parts, merged and converted files", ["dumpcap", "editcap", "mergecap"], reshaped),
  make("packets cut short", ["dumpcap", "editcap"], cutShort),
  make("packets lost", ["dumpcap", "editcap"], lost),
  ...["polling", "websocket"].map((transport) => make(`started too late, ${transport}`, ["dumpcap"], (stage) => late(transport, stage))),
];

const make = (name, programs, play) => ({
  name: `tools: ${name}`,
  lacks: () => cannotCapture(programs[0]) ?? programs.filter((each) => !has(each)).map((each) => `there is no ${each}`)[0],
  play,
});

const kTransports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };

/** A server and a client that leaks; `during` says when the capture runs. Resolves with the orphan's sid. */
async function play({ folder }, transport, { by = "dumpcap", file = join(folder, "one"), begin = "before", args } = {}) {
  const server = await startServer(kTransports[transport], openLog(join(folder, "server.log")));
  const start = () => startCapture(file, { by, filter: `tcp port ${server.port}`, ...args });
  let capture = begin === "before" && (await start());
  const tab = new Tab({ version: "4.7.5", transport, url: server.url, log: "ignore" });
  try {
    if (!capture) {
      await tab.settled();
      capture = await start();
    }
    return await leak(server, kTransports[transport], () => tab.hears("news", 3));
  } finally {
    await capture?.stop();
    await tab.kill();
    await server.stop();
  }
}

async function captured(by, transport, stage) {
  const orphan = await play(stage, transport, { by });
  return finds(orphan, await analyze(stage.program, stage.folder, [join(stage.folder, "one")]));
}

/** Linux's cooked frames. Loopback shows each packet once. */
async function onAny(stage) {
  const orphan = await play(stage, "upgrade", { by: "tcpdump", args: { device: "any" } });
  return finds(orphan, await analyze(stage.program, stage.folder, [join(stage.folder, "one")]));
}

async function reshaped(stage) {
  const { program, folder } = stage;
  const file = (name) => join(folder, name);
  const orphan = await play(stage, "upgrade");
  const whole = await analyze(program, folder, [file("one")]);
  const complaints = finds(orphan, whole);

  await tool("editcap", "-c", "15", file("one"), file("part.pcapng"));
  const parts = readdirSync(folder).filter((name) => name.startsWith("part_")).map(file);
  if (parts.length < 3) complaints.push(`only ${parts.length} parts`);
  await tool("editcap", "-F", "pcap", file("one"), file("converted.pcap"));
  await tool("editcap", "-F", "nsecpcap", file("one"), file("converted.nspcap"));
  await tool("editcap", "-d", file("one"), file("deduplicated"));
  await tool("mergecap", "-w", file("merged"), ...[...parts].reverse());
  const shapes = {
    "its parts": parts,
    "its parts, last first": [...parts].reverse(),
    "merged again": [file("merged")],
    "as pcap": [file("converted.pcap")],
    "as pcap in nanoseconds": [file("converted.nspcap")],
    "twice": [file("one"), file("converted.nspcap")],
  };
  for (const [shape, files] of Object.entries(shapes)) {
    const { said } = await analyze(program, folder, files);
    complaints.push(...differences(whole.said, said).map((difference) => `${shape}: ${difference}`));
  }
  return complaints;
}

async function cutShort(stage) {
  const { program, folder } = stage;
  await play(stage, "websocket");
  await tool("editcap", "-s", "100", join(folder, "one"), join(folder, "cut"));
  const { code, stderr } = await analyze(program, folder, [join(folder, "cut")]);
  return inconclusive("capture-hole", code, stderr);
}

async function lost(stage) {
  const { program, folder } = stage;
  await play(stage, "websocket");
  await tool("editcap", join(folder, "one"), join(folder, "lost"), "12-14"); // Amid the first session.
  const { code, stderr } = await analyze(program, folder, [join(folder, "lost")], ["--fail-on", "never"]);
  return inconclusive("capture-hole", code, stderr);
}

async function late(transport, stage) {
  const { program, folder } = stage;
  await play(stage, transport, { begin: "late" });
  const { code, stderr } = await analyze(program, folder, [join(folder, "one")], ["--fail-on", "never"]);
  return inconclusive(transport === "polling" ? "unknown-session" : "joined-mid-stream", code, stderr);
}

const inconclusive = (reason, code, stderr) =>
  code === 3 && stderr.includes(`unobserved: ${reason}`) ? [] : [`exits ${code}, saying: ${stderr}`];
