// What stands between client and server: mitmproxy, which records what it passes on, and sioscope itself, so that the
// same bytes cross the wire twice.
import { join } from "node:path";
import { openLog } from "../../lab/parts/log.mjs";
import { startProxy } from "../../lab/parts/program.mjs";
import { readFindings } from "../../lab/parts/findings.mjs";
import { Tab } from "../../lab/parts/tab.mjs";
import { analyze, differences, finds } from "../parts/analyze.mjs";
import { leak, startServer } from "../parts/story.mjs";
import { startMitmproxy } from "../parts/mitmproxy.mjs";
import { cannotCapture, has, startCapture } from "../parts/wire.mjs";

const kTransports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };

export const cases = () =>
  Object.keys(kTransports).flatMap((transport) => [
    {
      name: `middle: mitmproxy's flows, ${transport}`,
      lacks: () => (has("mitmdump") ? undefined : "there is no mitmdump; apt-get install mitmproxy"),
      play: (stage) => throughMitmproxy(transport, stage),
    },
    {
      name: `middle: both sides of sioscope, ${transport}`,
      lacks: () => cannotCapture("tcpdump"),
      play: (stage) => throughSioscope(transport, stage),
    },
  ]);

async function throughMitmproxy(transport, { program, folder }) {
  const server = await startServer(kTransports[transport], openLog(join(folder, "server.log")));
  const flows = join(folder, "flows");
  const middle = await startMitmproxy(server.url, flows);
  const tab = new Tab({ version: "4.7.5", transport, url: middle.url, log: "ignore" });
  const orphan = await leak(server, kTransports[transport], () => tab.hears("news", 3)).finally(() => tab.kill());
  await server.stop();
  await middle.stop();
  return finds(orphan, await analyze(program, folder, [flows]));
}

async function throughSioscope(transport, { program, folder }) {
  const server = await startServer(kTransports[transport], openLog(join(folder, "server.log")));
  const live = await startProxy({ program, upstream: server.url, folder });
  const port = new URL(live.url).port;
  const file = join(folder, "both");
  const capture = await startCapture(file, { by: "tcpdump", filter: `tcp port ${port} or tcp port ${server.port}` });
  const tab = new Tab({ version: "4.7.5", transport, url: live.url, log: "ignore" });
  const orphan = await leak(server, kTransports[transport], () => tab.hears("news", 3)).finally(() => tab.kill());
  await live.stop();
  await capture.stop();
  await server.stop();

  const said = readFindings(live.findingsFile);
  const inner = await analyze(program, folder, [file]);
  const outer = await analyze(program, folder, [file], ["--server", port]);
  const complaints = [...finds(orphan, inner), ...differences(said, outer.said)];
  if (!inner.stderr.includes(`pass through 127.0.0.1:${port} too`)) complaints.push("it does not say what it left out");
  return complaints;
}
