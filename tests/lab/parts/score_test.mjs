// Numbers that nobody can talk up: what is missed lowers recall, what is untrue lowers precision.
import assert from "node:assert/strict";
import { test } from "node:test";
import { precision, recall, score, sum } from "./score.mjs";

const truth = { orphans: [{ sid: "OLD", successor: "NEW" }], poisoned: ["OLD"], poison: 1 };
const finding = (rule, sid, confidence = "likely", severity = "error") => ({ rule, confidence, severity, session: { sid } });
const leak = finding("leak/orphan-after-parse-error", "OLD");
const of = (findings, expect) => score(truth, { findings }, expect);

test("a leak that is named is found, and what follows from it is no second accusation against anybody", () => {
  const all = of([leak, finding("duplicate/over-orphan", "OLD"), finding("protocol/malformed-packet", "OLD", "certain")]);
  assert.equal(recall(all), "1/1");
  assert.equal(precision(all), "3/3");
});

test("a leak that is only possible, or another session's, is missed", () => {
  assert.equal(recall(of([{ ...leak, confidence: "possible" }])), "0/1");
  assert.equal(recall(of([finding("leak/orphan-after-parse-error", "NEW")])), "0/1");
});

test("an innocent who is accused lowers precision; possible and info accuse nobody", () => {
  assert.equal(precision(of([leak, finding("transport/idle-cut", "OTHER")])), "1/2");
  assert.equal(precision(of([leak, finding("transport/idle-cut", "OTHER", "possible")])), "1/1");
  assert.equal(precision(of([leak, finding("leak/ghost-window", "OTHER", "certain", "info")])), "1/1");
});

test("faults that a scenario claims count, and must be as sure as it says", () => {
  const expect = { faults: { "ack/unanswered": "certain" } };
  assert.equal(recall(of([leak, finding("ack/unanswered", "OLD", "certain")], expect)), "2/2");
  assert.equal(recall(of([leak, finding("ack/unanswered", "OLD", "likely")], expect)), "1/2");
});

test("sums are of all, and of nothing there is no ratio", () => {
  assert.equal(recall(sum([of([leak]), of([])])), "1/2");
  assert.equal(recall(sum([])), "-");
});
