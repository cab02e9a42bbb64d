// How good the findings are, as numbers. A fault that is really there counts as found when a finding of the rule that
// names it is at least as sure as it must be; an accusation is a finding above info and above "possible".
import { atLeast } from "./findings.mjs";

const kOrphan = "leak/orphan-after-parse-error";
// What follows from a leak or a bad packet, and is no second fault.
const kOfOrphans = ["duplicate/over-orphan", "recovery/failed", "ack/unanswered", "leak/open-at-exit"];
const kOfPackets = ["protocol/malformed-packet", "protocol/attachment-mismatch", "storm/reconnect-loop"];

/** The accusations that are not true: findings above info and above "possible" about faults that nobody made. */
export function untrue(truth, said, expect = {}, { reveal = true } = {}) {
  const { faults = {}, allows = [], orphan = kOrphan } = expect;
  const shown = (sid) => (reveal ? sid : `${sid.slice(0, 6)}…`);
  const guilty = new Set(truth.orphans.map(({ sid }) => shown(sid)));
  const relatives = new Set([...guilty, ...truth.orphans.map(({ successor }) => shown(successor))]);
  const victims = new Set(truth.poisoned.map(shown));
  const isTrue = ({ rule, session }) =>
    rule in faults ||
    allows.includes(rule) ||
    (rule === orphan && guilty.has(session?.sid)) ||
    (kOfOrphans.includes(rule) && relatives.has(session?.sid)) ||
    (kOfPackets.includes(rule) && (victims.has(session?.sid) || (truth.poison > 0 && relatives.has(session?.sid))));
  return accusations(said).filter((finding) => !isTrue(finding));
}

/** `{ real, found, accusations, wrong, said }`: faults, faults found, accusations, those of them that are untrue. */
export function score(truth, said, expect = {}, scenario = {}) {
  const { faults = {}, orphan = kOrphan, confidence = "likely" } = expect;
  const shown = (sid) => (scenario.reveal === false ? `${sid.slice(0, 6)}…` : sid);
  const of = (name) => said.findings.filter((finding) => finding.rule === name);
  const named = ({ sid }) =>
    of(orphan).some((finding) => finding.session?.sid === shown(sid) && atLeast(finding.confidence, confidence));
  const told = ([name, least]) => of(name).some((finding) => atLeast(finding.confidence, least));
  return {
    real: truth.orphans.length + Object.keys(faults).length,
    found: truth.orphans.filter(named).length + Object.entries(faults).filter(told).length,
    accusations: accusations(said).length,
    wrong: untrue(truth, said, expect, scenario).length,
    said: new Set(said.findings.map((finding) => `${finding.confidence} ${finding.rule}`)),
  };
}

const accusations = ({ findings }) =>
  findings.filter(({ severity, confidence }) => severity !== "info" && confidence !== "possible");

/** Several scores as one. */
export function sum(scores) {
  const total = { real: 0, found: 0, accusations: 0, wrong: 0, said: new Set() };
  for (const one of scores) {
    for (const key of ["real", "found", "accusations", "wrong"]) total[key] += one[key];
    for (const words of one.said) total.said.add(words);
  }
  return total;
}

export const precision = ({ accusations, wrong }) => ratio(accusations - wrong, accusations);
export const recall = ({ real, found }) => ratio(found, real);
const ratio = (part, whole) => (whole === 0 ? "-" : `${part}/${whole}`);
