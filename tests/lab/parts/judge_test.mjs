// The judge must not be blind: a perfect report passes, and every way of being wrong is noticed.
// Run with `node --test parts/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeFindings } from "./judge.mjs";

const truth = {
  sessions: 3,
  open: 3,
  orphans: [{
    sid: "OLDOLD0001",
    successor: "NEWNEW0001",
    sockets: [{ nsp: "/", id: "socket-1" }, { nsp: "/chat", id: "socket-2" }],
    transport: "polling",
    eio: 4,
    copies: [{}, {}],
  }],
  extra: 2,
  poison: 1,
  poisoned: ["OLDOLD0001"],
  deliveries: 4,
  events: [{ nsp: "/", event: "news", direction: "to_client", sent: 4, extra: 2 }],
};

/** What a flawless sioscope would have written, with one part changed. */
function report(change = () => {}) {
  const session = {
    id: "s-1", sid: "OLDOLD0001", transport: "polling", eio: 4, sockets: [...truth.orphans[0].sockets].reverse(),
  };
  const said = {
    complaints: [],
    text: "",
    withdrawn: [],
    findings: [
      {
        id: "f-1", rule: "protocol/malformed-packet", severity: "error", confidence: "certain", session,
        direction: "to_client", evidence: [{ what: "packet", packet: "42[null,null]" }],
      },
      {
        id: "f-2", rule: "leak/orphan-after-parse-error", severity: "error", confidence: "likely", session,
        client: { id: "c-1", grade: "timing" }, successor: { sid: "NEWNEW0001" },
      },
      { id: "f-3", rule: "duplicate/over-orphan", severity: "error", confidence: "likely", session, count: 2 },
    ],
    verdict: { sessions: 3, deliveries: 4, events: structuredClone(truth.events), unobserved: [] },
  };
  change(said);
  return said;
}

const complaintsAbout = (change, expect) => judgeFindings(truth, report(change), expect);

test("a flawless report draws no complaint", () => assert.deepEqual(complaintsAbout(), []));

const wrong = {
  "the orphan is not named": (said) => said.findings.splice(1, 1),
  "the orphan is named twice": (said) => said.findings.push({ ...said.findings[1], id: "f-4" }),
  "another session is named": (said) => (said.findings[1].session = { ...said.findings[1].session, sid: "INNOCENT01" }),
  "the orphan is only possible": (said) => (said.findings[1].confidence = "possible"),
  "certain of a wrong successor": (said) =>
    Object.assign(said.findings[1], { confidence: "certain", successor: { sid: "INNOCENT01" } }),
  "a namespace is missing": (said) => (said.findings[1].session = { ...said.findings[1].session, sockets: [] }),
  "a wrong transport": (said) => (said.findings[1].session = { ...said.findings[1].session, transport: "websocket" }),
  "a copy too many": (said) => (said.findings[2].count = 3),
  "copies without confidence": (said) => (said.findings[2].confidence = "possible"),
  "an innocent session is accused by some other rule": (said) =>
    said.findings.push({ rule: "leak/superseded-session", confidence: "likely", session: { sid: "NEWNEW0001" } }),
  "the malformed packet is missed": (said) => said.findings.shift(),
  "the malformed packet is not quoted": (said) => (said.findings[0].evidence = [{ what: "ping" }]),
  "a packet is called malformed that another session got": (said) =>
    (said.findings[0].session = { ...said.findings[0].session, sid: "INNOCENT01" }),
  "an error of some other group": (said) =>
    said.findings.push({ rule: "protocol/crashing-packet", severity: "error", session: { sid: "NEWNEW0001" } }),
  "a session is missing from the verdict": (said) => (said.verdict.sessions = 2),
  "a delivery is missing from the verdict": (said) => (said.verdict.deliveries = 3),
  "an event is miscounted": (said) => (said.verdict.events[0].extra = 1),
  "something went unobserved": (said) => said.verdict.unobserved.push({ reason: "ring-overflow", sessions: 1, count: 1 }),
};
test("faults that a scenario claims are no complaint, and missed when they are not told", () => {
  const fault = (confidence) => (said) =>
    said.findings.push({ rule: "handshake/rejected", severity: "error", confidence, session: null });
  const expect = { faults: { "handshake/rejected": "certain" } };
  assert.deepEqual(complaintsAbout(fault("certain"), expect), []);
  assert.notDeepEqual(complaintsAbout(fault("likely"), expect), []);
  assert.notDeepEqual(complaintsAbout(undefined, expect), []);
});

test("an info accuses nobody", () => {
  const info = (severity) => (said) =>
    said.findings.push({ rule: "leak/ghost-window", severity, confidence: "certain", session: { sid: "NEWNEW0001" } });
  assert.deepEqual(complaintsAbout(info("info")), []);
  assert.notDeepEqual(complaintsAbout(info("warning")), []);
});

for (const [what, change] of Object.entries(wrong))
  test(`noticed: ${what}`, () => assert.notDeepEqual(complaintsAbout(change), []));

test("noticed: only likely where certainty was to be had", () =>
  assert.notDeepEqual(complaintsAbout(undefined, { confidence: "certain" }), []));

test("without --reveal-sids the first six characters must do, and no more may be shown", () => {
  assert.notDeepEqual(judgeFindings(truth, report(), {}, { reveal: false }), []);
  const hidden = JSON.parse(JSON.stringify(report()).replace(/(OLDOLD|NEWNEW)0001/g, "$1…"));
  assert.deepEqual(judgeFindings(truth, hidden, {}, { reveal: false }), []);
});

test("sessions of a parser nobody knows are told once each, and their verdict is no clean one", () => {
  const unread = { ...truth, orphans: [], extra: 0, poison: 0, poisoned: [], deliveries: 9, unread: 3 };
  const said = (result, deliveries, count) => ({
    complaints: [],
    findings: [],
    verdict: { result, sessions: 3, deliveries, unobserved: [{ reason: "custom-parser", sessions: 3, count }] },
  });
  assert.deepEqual(judgeFindings(unread, said("inconclusive", 0, 3)), []);
  assert.notDeepEqual(judgeFindings(unread, said("clean", 0, 3)), []);
  assert.notDeepEqual(judgeFindings(unread, said("inconclusive", 9, 3)), []);
  assert.notDeepEqual(judgeFindings(unread, said("inconclusive", 0, 4)), []);
});
