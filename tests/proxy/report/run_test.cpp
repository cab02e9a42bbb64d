#include "proxy/report/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;

TEST_CASE("gather: the findings that fail come first, in the order they arose") {
  rules::Finding quiet = tests::orphan();
  quiet.confidence = rules::Confidence::Possible;
  rules::Finding loud = tests::orphan();
  loud.number = 2;
  rules::Finding last = tests::orphan();
  last.number = 3;
  const Run run = tests::run_of({quiet, loud, last});
  REQUIRE(run.findings.size() == 3);
  CHECK(run.findings[0].finding.number == 2);
  CHECK(run.findings[1].finding.number == 3);
  CHECK(run.findings[2].finding.number == 1);
  CHECK_FALSE(run.findings[2].fails);
}

TEST_CASE("gather: every rule has a row, with what it found and what of that fails") {
  rules::Finding quiet = tests::orphan();
  quiet.number = 2;
  quiet.confidence = rules::Confidence::Possible;
  const Run run = tests::run_of({tests::orphan(), quiet});
  REQUIRE(run.rules.size() == rules::registry().size());
  CHECK(run.rules[0].rule.id == "leak/orphan-after-parse-error");
  CHECK(run.rules[0].findings == 2);
  CHECK(run.rules[0].failing == 1);
  CHECK(run.rules[1].findings == 0);
}

TEST_CASE("gather: no secret gets into a run, unless all are to be revealed") {
  CHECK(tests::run_of({tests::orphan()}).findings[0].finding.session.engine_sid == "Zk3vQm…");
  const auto fails = [](std::string_view, rules::Severity, rules::Confidence) { return true; };
  const Run all = gather({}, {{tests::orphan(), {}}}, {}, rules::registry(), fails,
                         Redaction(Redaction::Mode::Reveal), tests::kClock, {});
  CHECK(all.findings[0].finding.session.engine_sid == tests::kOrphanSid);
  CHECK(all.sids == Redaction::Mode::Reveal);
}

TEST_CASE("gather: findings that were only counted count all the same") {
  const std::vector<FindingClass> classes{{"leak/orphan-after-parse-error", rules::Severity::Error,
                                           rules::Confidence::Certain, 12'000}};
  const auto fails = [](std::string_view, rules::Severity, rules::Confidence) { return true; };
  const Run run = gather({}, {{tests::orphan(), {}}}, classes, rules::registry(), fails,
                         Redaction(Redaction::Mode::Shorten), tests::kClock, {});
  CHECK(run.findings_total == 12'000);
  CHECK(run.rules[0].failing == 12'000);
}

TEST_CASE("gather: what is excused fails nothing, is counted, and is told quietly") {
  rules::Finding other = tests::orphan();
  other.number = 2;
  other.rule = "duplicate/over-orphan";
  for (const auto& acceptance : {tests::ignoring_leaks(), tests::knowing(tests::orphan())}) {
    const Run run = tests::run_of({tests::orphan(), other}, acceptance);
    CHECK(run.findings[0].finding.number == 2);
    CHECK(run.findings[0].fails);
    CHECK_FALSE(run.findings[1].fails);
    CHECK(level_of(run.findings[1]) == Level::Note);
    const auto row = [&](std::string_view rule) {
      return *std::find_if(run.rules.begin(), run.rules.end(),
                           [&](const RuleRow& one) { return one.rule.id == rule; });
    };
    CHECK(row("leak/orphan-after-parse-error").findings == 1);
    CHECK(row("leak/orphan-after-parse-error").failing == 0);
    CHECK(row("leak/orphan-after-parse-error").excused == 1);
    CHECK(row("duplicate/over-orphan").failing == 1);
    CHECK(row("duplicate/over-orphan").excused == 0);
  }
}

TEST_CASE("level_of: what is only possible is told quietly, unless it fails the build") {
  Told told{.finding = tests::orphan(), .fails = true};
  CHECK(level_of(told) == Level::Error);
  told.finding.confidence = rules::Confidence::Possible;
  CHECK(level_of(told) == Level::Error);
  told.fails = false;
  CHECK(level_of(told) == Level::Note);
  told.finding.confidence = rules::Confidence::Likely;
  told.finding.severity = rules::Severity::Warning;
  CHECK(level_of(told) == Level::Warning);
}
