// Scenarios of the lab, watched by a live sioscope and captured on the wire at once: both must say the same.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { perform } from "../../lab/parts/perform.mjs";
import { loadScenarios } from "../../lab/parts/scenarios.mjs";
import { analyze, differences } from "../parts/analyze.mjs";
import { cannotCapture, startCapture, tool } from "../parts/wire.mjs";

// One of each kind; --all takes everything that the lab plays through a proxy.
const kChosen = [
  /^leak\/one-error 4\.7\.5 (polling|websocket|upgrade)$/, /^leak\/(with-recovery|msgpack|three-errors) 4\.7\.5/,
  /^leak\/message-deflate/, /^leak\/packed-bodies/, /^leak\/secrets 4\.7\.5 websocket/, /^leak\/several-namespaces/,
  /^innocent\/conversation (2\.5\.0 on 2\.5\.1|4\.8\.4 on 4\.8\.4)/, /^innocent\/(jsonp|server-restart|network-switch) /,
  /^innocent\/(custom-parser|refused-protocol)/, /^fault\/(too-big|recovery-expired|doubled-broadcast|no-offset) 4\.8\.4/,
];

export async function cases({ all }) {
  return (await loadScenarios())
    .filter(({ name, check }) => !check && (all || kChosen.some((chosen) => chosen.test(name))))
    .map((scenario) => ({
      name: `live: ${scenario.name}`,
      lacks: () => cannotCapture("dumpcap") ?? scenario.lacks?.(),
      play: (stage) => play(scenario, stage),
    }));
}

async function play(scenario, { program, folder }) {
  const both = join(folder, "both.pcapng");
  const capture = await startCapture(both);
  const stage = await perform(scenario, { program, folder });
  const lost = await capture.stop();
  if (!stage.said) return stage.complaints;
  if (lost !== 0) return [`dumpcap lost ${lost} packets`];

  // Other cases play meanwhile, and clients reach sioscope here and the server behind it there.
  const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(join(folder, "sioscope.log"), "utf8"))[1];
  const one = join(folder, "one.pcapng");
  await tool("tshark", "-r", both, "-w", one, "-Y", `tcp.port == ${port}`);
  const { path, args = [], reveal } = scenario;
  const { said, stderr } = await analyze(program, folder, [one], [...(path ? ["--path", path] : []), ...args], reveal);
  return [
    ...said.complaints,
    ...differences(stage.said, said),
    ...(basis(said, scenario) === basis(stage.said, scenario)
      ? []
      : [`rests on ${basis(said, scenario)}, live on ${basis(stage.said, scenario)}\n${stderr}`]),
  ];
}

/**
 * What a verdict rests on. Of a client cut short the capture holds what reached our machine, and the live verdict what
 * was read before the server had gone: the last event may be whole in the one and not in the other.
 */
const basis = ({ verdict }, { cutShort = false }) => {
  const { result, sessions, deliveries, events, unobserved } = verdict ?? {};
  const compared = events?.filter(({ direction }) => !cutShort || direction === "to_client");
  return JSON.stringify({ result, sessions, deliveries, events: compared, unobserved });
};
