// Holds what sioscope said against the truth. Every check returns complaints: sentences, empty when all is well.
import { atLeast } from "./findings.mjs";
import { parsers } from "./parsers.mjs";
import { untrue } from "./score.mjs";

/** The scenario's own claim about the real world: checked with and without sioscope. */
export function judgeTruth(truth, { orphans = 0, extra = 0, poisoned = false, stillborn = false }) {
  const { complain, complaints } = complaintBook();
  complain(truth.orphans.length === orphans, `the server holds ${truth.orphans.length} orphans, not ${orphans}`);
  complain(truth.extra === extra, `the server sent ${truth.extra} extra copies, not ${extra}`);
  complain(truth.poison > 0 === poisoned, `the server sent ${truth.poison} malformed packets`);
  if (stillborn) complain(truth.mute > 0, "every session heard of its client");
  return complaints;
}

/**
 * `expect.confidence`  the least a true orphan deserves (default likely)
 * `expect.orphan`      the rule that names orphans (default leak/orphan-after-parse-error)
 * `expect.accused`     the most an innocent session may be accused of (default possible)
 * `expect.lossy`       the network swallowed packets: what was sent and what passed need not agree
 * `expect.stillborn`   sessions that never heard of their clients do not count: nobody could read their handshakes
 * `expect.faults`      faults of other kinds that are really there: by rule, the confidence that they deserve at least
 * `expect.allows`      rules that may tell what is true as well: a network that went dark is a ping timeout too
 * `expect.quotes`      tells the malformed packet in a finding's evidence
 */
export function judgeFindings(truth, said, expect = {}, { reveal = true } = {}) {
  const shown = (sid) => (reveal ? sid : `${sid.slice(0, 6)}…`);
  return [
    ...said.complaints,
    ...judgeOrphans(truth, said, expect, shown),
    ...judgeCopies(truth, said, expect, shown),
    ...judgeInnocence(truth, said, expect, shown),
    ...judgePoison(truth, said, expect, shown),
    ...judgeFaults(said, expect),
    ...judgeOthers(truth, said, expect, reveal),
    ...(said.verdict ? judgeVerdict(truth, said, expect) : []),
  ];
}

const kOrphan = "leak/orphan-after-parse-error";
const of = (said, rule) => said.findings.filter((finding) => finding.rule === rule);

function judgeOrphans(truth, said, { confidence = "likely", grade, orphan: rule = kOrphan }, shown) {
  const { complain, complaints } = complaintBook();
  const successors = [];
  for (const orphan of truth.orphans) {
    const named = of(said, rule).filter((finding) => finding.session.sid === shown(orphan.sid));
    complain(named.length === 1, `orphan ${orphan.sid} is named ${named.length} times`);
    if (named.length !== 1) continue;

    const [finding] = named;
    const who = `orphan ${orphan.sid}`;
    complain(atLeast(finding.confidence, confidence), `${who} is only "${finding.confidence}", not "${confidence}"`);
    complain(finding.severity === "error", `${who} has severity "${finding.severity}"`);
    if (grade) complain(finding.client?.grade === grade, `${who} was tied by "${finding.client?.grade}", not "${grade}"`);
    if (finding.confidence === "certain")
      complain(finding.successor?.sid === shown(orphan.successor), `${who}: the successor is ${orphan.successor}`);
    complain(finding.session.transport === orphan.transport, `${who}: transport ${finding.session.transport}`);
    complain(finding.session.eio === orphan.eio, `${who}: eio ${finding.session.eio}`);
    const { sockets } = finding.session;
    complain(same(sockets, orphan.sockets), `${who}: sockets ${JSON.stringify(sockets)}`);
    successors.push(finding.successor?.sid);
  }
  complain(new Set(successors).size === successors.length, "two orphans share one successor");
  return complaints;
}

function judgeCopies(truth, said, expect, shown) {
  const { complain, complaints } = complaintBook();
  for (const orphan of truth.orphans) {
    const copies = of(said, "duplicate/over-orphan")
      .filter((finding) => finding.session.sid === shown(orphan.sid) && atLeast(finding.confidence, "likely"))
      .reduce((sum, finding) => sum + finding.count, 0);
    complain(copies === orphan.copies.length, `orphan ${orphan.sid} is said to have got ${copies} extra copies, and got ${orphan.copies.length}`);
  }
  return complaints;
}

/** Nobody but the orphans is accused, by this rule or by any other of its groups. An info accuses nobody. */
function judgeInnocence(truth, said, { accused = "possible", faults = {} }, shown) {
  const guilty = new Set(truth.orphans.map((orphan) => shown(orphan.sid)));
  return said.findings
    .filter((finding) => /^(leak|duplicate)\//.test(finding.rule))
    .filter(({ rule, severity }) => severity !== "info" && !(rule in faults))
    .filter((finding) => !guilty.has(finding.session?.sid) && !atLeast(accused, finding.confidence))
    .map((finding) => `innocent session ${finding.session?.sid}: ${finding.rule}, ${finding.confidence}`);
}

function judgePoison(truth, said, { quotes = parsers.json.quotes }, shown) {
  const { complain, complaints } = complaintBook();
  const found = of(said, "protocol/malformed-packet");
  complain(found.length > 0 === truth.poison > 0, `${found.length} malformed packets found, ${truth.poison} sent`);
  const victims = truth.poisoned.map(shown);
  for (const finding of found) {
    complain(victims.includes(finding.session?.sid), `${finding.session?.sid} got no malformed packet`);
    complain(finding.confidence === "certain", `a malformed packet is only "${finding.confidence}"`);
    complain(finding.direction === "to_client", `a malformed packet went "${finding.direction}"`);
    complain(finding.evidence.some(({ packet }) => quotes(packet)), "the malformed packet is not quoted");
  }
  return complaints;
}

/** What is wrong in a scenario beside leaks is told, and as sure as it must be. */
function judgeFaults(said, { faults = {} }) {
  return Object.entries(faults)
    .filter(([rule, confidence]) => !of(said, rule).some((finding) => atLeast(finding.confidence, confidence)))
    .map(([rule, confidence]) => `no finding says ${rule}, ${confidence}`);
}

/** Whatever else is said above info and above "possible" is true. */
function judgeOthers(truth, said, expect, reveal) {
  return untrue(truth, said, expect, { reveal })
    .filter(({ rule }) => !/^(leak|duplicate)\//.test(rule)) // judgeInnocence() looks after those.
    .map(({ rule, severity, session }) => `a fault that nobody made: ${rule}, ${severity}, in ${session?.sid}`);
}

function judgeVerdict(truth, said, { lossy = false, stillborn = false, accused }) {
  const { verdict } = said;
  const { complain, complaints } = complaintBook();
  const named = (list) => list.filter(({ event }) => event !== null);
  const sessions = truth.sessions - (stillborn ? truth.mute : 0);
  complain(verdict.sessions === sessions, `the verdict rests on ${verdict.sessions} sessions, not ${sessions}`);
  const unseen = truth.unread ? [{ reason: "custom-parser", sessions: truth.unread, count: truth.unread }] : [];
  complain(same(verdict.unobserved, unseen), `unobserved: ${JSON.stringify(verdict.unobserved)}`);
  if (truth.unread) {
    complain(verdict.result === "inconclusive", `what was not read is called ${verdict.result}`);
    complain(verdict.deliveries === 0, `${verdict.deliveries} deliveries were read by a parser of somebody else's`);
  }
  if (lossy || truth.unread) return complaints;

  complain(verdict.deliveries === truth.deliveries, `${verdict.deliveries} deliveries, not ${truth.deliveries}`);
  const told = named(verdict.events ?? []);
  // Where a look-alike may be accused, its supposed copies are counted with it: then findings and verdict must agree.
  const expected = accused === "likely" ? withCopies(truth.events, of(said, "duplicate/over-orphan")) : truth.events;
  complain(same(told, expected), `events ${JSON.stringify(told)}, not ${JSON.stringify(expected)}`);
  return complaints;
}

function withCopies(events, findings) {
  return events.map((row) => ({
    ...row,
    extra: findings
      .filter((finding) => finding.event === row.event && finding.nsp === row.nsp && finding.direction === row.direction)
      .reduce((sum, finding) => sum + finding.count, 0),
  }));
}

/** Equal as sets of plain records: neither the order of records nor of their keys matters. */
function same(some, others) {
  const canonical = (list) =>
    (list ?? []).map((record) => JSON.stringify(Object.entries(record).sort())).sort().join();
  return canonical(some) === canonical(others);
}

export function complaintBook() {
  const complaints = [];
  return { complaints, complain: (condition, sentence) => void (condition || complaints.push(sentence)) };
}
