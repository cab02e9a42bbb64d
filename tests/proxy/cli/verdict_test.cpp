#include "proxy/cli/verdict.hpp"

#include <doctest/doctest.h>

#include "tests/proxy/cli/known_rules.hpp"

using namespace proxy::cli;
using proxy::report::Doubt;
using proxy::report::Result;
using rules::Confidence;
using rules::Severity;

namespace {

Gate gate(std::vector<std::string> values = {}) { return *parse_fail_on(values, tests::kKnown); }

/// A healthy run of one session.
Outcome healthy() {
  Outcome outcome;
  outcome.tally.sessions = 1;
  outcome.tally.deliveries = 10;
  return outcome;
}

void add_unproven(Outcome& outcome) {
  outcome.findings.push_back({"leak/one", Severity::Error, Confidence::Possible, 1, true});
}

Outcome with_finding(Severity severity, Confidence confidence) {
  Outcome outcome = healthy();
  outcome.findings.push_back({"leak/one", severity, confidence, 1});
  return outcome;
}

}  // namespace

TEST_CASE("judge: a watched run without findings is clean, 0") {
  const auto verdict = judge(healthy(), gate(), Traffic::Expected);
  CHECK(verdict.result == Result::Clean);
  CHECK(verdict.own_exit == 0);
  CHECK(exit_code(verdict) == 0);
  CHECK(verdict.tally.deliveries == 10);
}

TEST_CASE("judge: a finding that meets the gate is findings, 1, whatever else is in doubt") {
  Outcome outcome = with_finding(Severity::Error, Confidence::Likely);
  CHECK(judge(outcome, gate(), Traffic::Expected).own_exit == 1);
  add_unproven(outcome);
  outcome.tally.unobserved.push_back({core::Unobserved::RingOverflow, 1, 5});
  const auto verdict = judge(outcome, gate(), Traffic::Expected);
  CHECK(verdict.result == Result::Findings);
  CHECK(verdict.own_exit == 1);
  CHECK(verdict.doubts == std::vector{Doubt::Unobserved, Doubt::Unproven});
}

TEST_CASE("judge: something unobserved is inconclusive, 3, never clean") {
  Outcome outcome = healthy();
  outcome.tally.unobserved.push_back({core::Unobserved::EngineIoVersion, 1, 5});
  const auto verdict = judge(outcome, gate(), Traffic::Optional);
  CHECK(verdict.result == Result::Inconclusive);
  CHECK(verdict.own_exit == 3);
}

TEST_CASE("judge: a candidate that stayed unproven is inconclusive") {
  Outcome outcome = with_finding(Severity::Error, Confidence::Possible);
  add_unproven(outcome);
  const auto verdict = judge(outcome, gate(), Traffic::Expected);
  CHECK(verdict.result == Result::Inconclusive);
  CHECK(verdict.own_exit == 3);
  CHECK(verdict.doubts == std::vector{Doubt::Unproven});
}

TEST_CASE("judge: what is excused meets no gate, spoils no clean verdict, and is counted") {
  using proxy::report::Excuse;
  Outcome outcome = healthy();
  outcome.findings = {{"leak/one", Severity::Error, Confidence::Certain, 2, false, Excuse::Ignored},
                      {"leak/one", Severity::Error, Confidence::Certain, 3, false, Excuse::Known}};
  auto verdict = judge(outcome, gate({"info:possible"}), Traffic::Expected);
  CHECK(verdict.result == Result::Clean);
  CHECK(verdict.own_exit == 0);
  CHECK(verdict.ignored == 2);
  CHECK(verdict.known == 3);
  outcome.findings.push_back({"leak/one", Severity::Error, Confidence::Certain, 1});
  CHECK(judge(outcome, gate(), Traffic::Expected).own_exit == 1);
}

TEST_CASE("judge: a candidate that is excused may stay unproven, another beside it may not") {
  Outcome outcome = healthy();
  outcome.tally.unproven = 1;
  outcome.findings = {
      {"leak/one", Severity::Error, Confidence::Possible, 1, true, proxy::report::Excuse::Known}};
  CHECK(judge(outcome, gate(), Traffic::Expected).result == Result::Clean);
  add_unproven(outcome);
  CHECK(judge(outcome, gate(), Traffic::Expected).doubts == std::vector{Doubt::Unproven});
}

TEST_CASE("judge: so is a run that goes on while a suspect is open") {
  Outcome outcome = healthy();
  outcome.suspects = true;
  CHECK(judge(outcome, gate(), Traffic::Optional).result == Result::Inconclusive);
}

TEST_CASE("judge: no traffic is inconclusive only where traffic was expected") {
  CHECK(judge({}, gate(), Traffic::Expected).own_exit == 3);
  CHECK(judge({}, gate(), Traffic::Expected).doubts == std::vector{Doubt::NoTraffic});
  CHECK(judge({}, gate(), Traffic::Optional).own_exit == 0);
}

TEST_CASE("judge: traffic that could not be decoded is unobserved, not absent") {
  Outcome outcome;
  outcome.tally.unobserved.push_back({core::Unobserved::EngineIoVersion, 1, 5});
  CHECK(judge(outcome, gate(), Traffic::Expected).doubts == std::vector{Doubt::Unobserved});
}

TEST_CASE("judge: a findings file that lost records leaves no clean verdict") {
  Outcome outcome = healthy();
  outcome.findings_lost = true;
  CHECK(judge(outcome, gate(), Traffic::Optional).own_exit == 3);
}

TEST_CASE("judge: so does a report that could not be written") {
  Outcome outcome = healthy();
  outcome.report_lost = true;
  const auto verdict = judge(outcome, gate(), Traffic::Optional);
  CHECK(verdict.own_exit == 3);
  CHECK(verdict.doubts == std::vector{Doubt::ReportNotWritten});
}

TEST_CASE("judge: findings that may belong here and were only counted leave a doubt") {
  Outcome outcome = healthy();
  outcome.only_counted = true;
  CHECK(judge(outcome, gate(), Traffic::Optional).doubts == std::vector{Doubt::OnlyCounted});
}

TEST_CASE("judge: a doubt outweighs findings below the gate") {
  Outcome outcome = with_finding(Severity::Error, Confidence::Certain);
  add_unproven(outcome);
  const auto verdict = judge(outcome, gate({"duplicate"}), Traffic::Expected);
  CHECK(verdict.result == Result::Inconclusive);
  CHECK(verdict.own_exit == 3);
}

TEST_CASE("judge: findings that the gate lets pass exit 0, but nobody calls them clean") {
  const auto verdict =
      judge(with_finding(Severity::Error, Confidence::Certain), gate({"never"}), Traffic::Expected);
  CHECK(verdict.result == Result::Findings);
  CHECK(verdict.own_exit == 0);
}

TEST_CASE("judge: what is only possible, or only info, does not spoil a clean verdict") {
  CHECK(judge(with_finding(Severity::Error, Confidence::Possible), gate(), Traffic::Expected)
            .result == Result::Clean);
  CHECK(
      judge(with_finding(Severity::Info, Confidence::Certain), gate(), Traffic::Expected).result ==
      Result::Clean);
  CHECK(judge(with_finding(Severity::Error, Confidence::Possible), gate({"error:possible"}),
              Traffic::Expected)
            .own_exit == 1);
}

TEST_CASE("exit_code: a command that fails keeps its own code, and ours is told beside it") {
  Outcome outcome = with_finding(Severity::Error, Confidence::Certain);
  outcome.child_exit = 7;
  const auto verdict = judge(outcome, gate(), Traffic::Expected);
  CHECK(exit_code(verdict) == 7);
  CHECK(verdict.own_exit == 1);
  CHECK(verdict.child_exit == 7);

  outcome.child_exit = 128 + 9;
  CHECK(exit_code(judge(outcome, gate(), Traffic::Expected)) == 137);
  outcome.child_exit = 0;
  CHECK(exit_code(judge(outcome, gate(), Traffic::Expected)) == 1);
}
