#include "proxy/report/acceptance.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/proxy/report/sample.hpp"

using namespace std::chrono_literals;
using namespace proxy::report;

namespace {

/// The clock of the samples starts on that day.
constexpr std::chrono::year_month_day kToday{std::chrono::year(2026) / 1 / 1};

Ignore ignore(std::string rule) {
  return {.rule = std::move(rule), .ns = {}, .event = {}, .reason = "known", .expires = kToday};
}

Excuse excuse_of(const rules::Finding& finding, std::vector<Ignore> ignores) {
  return Acceptance(std::move(ignores), std::nullopt).assess(finding, tests::kClock).excuse();
}

Baseline baseline_of(const rules::Finding& finding) {
  std::istringstream in(R"({"type":"finding","id":"f-1","fingerprint":")" +
                        Acceptance().assess(finding, tests::kClock).fingerprint + "\"}\n");
  return *Baseline::read(in);
}

}  // namespace

TEST_CASE("assess: without ignores and baseline nothing is excused, and everything has its name") {
  const Assessment plain = Acceptance().assess(tests::orphan(), tests::kClock);
  CHECK(plain.excuse() == Excuse::None);
  CHECK(plain.novelty == Novelty::NoBaseline);
  CHECK(plain.fingerprint.size() == 16);
}

TEST_CASE("assess: an ignore takes its rule or its group, and no other") {
  CHECK(excuse_of(tests::orphan(), {ignore("leak")}) == Excuse::Ignored);
  CHECK(excuse_of(tests::orphan(), {ignore("leak/orphan-after-parse-error")}) == Excuse::Ignored);
  CHECK(excuse_of(tests::orphan(), {ignore("leak/orphan")}) == Excuse::None);
  CHECK(excuse_of(tests::orphan(), {ignore("lea")}) == Excuse::None);
  CHECK(excuse_of(tests::orphan(), {ignore("duplicate")}) == Excuse::None);
  CHECK(excuse_of(tests::orphan(), {ignore("duplicate"), ignore("leak")}) == Excuse::Ignored);
}

TEST_CASE("assess: an ignore of an event or a namespace takes no other") {
  rules::Finding finding = tests::orphan();
  finding.event = rules::EventName{"/room", "chat"};
  Ignore one = ignore("leak");
  one.event = "chat";
  CHECK(excuse_of(finding, {one}) == Excuse::Ignored);
  one.ns = "/";
  CHECK(excuse_of(finding, {one}) == Excuse::None);
  one.ns = "/room";
  CHECK(excuse_of(finding, {one}) == Excuse::Ignored);
  one.event = "chatter";
  CHECK(excuse_of(finding, {one}) == Excuse::None);
  CHECK(excuse_of(tests::orphan(), {one}) == Excuse::None);  // Of an event, and there is none.
}

TEST_CASE("assess: an ignore holds through its last day, and not a moment longer") {
  rules::Finding finding = tests::orphan();
  finding.last_seen = tests::at(24h - 1ms);
  CHECK(excuse_of(finding, {ignore("leak")}) == Excuse::Ignored);
  finding.last_seen = tests::at(24h);
  CHECK(excuse_of(finding, {ignore("leak")}) == Excuse::None);
}

TEST_CASE("assess: the baseline knows what is in it, and the rest is new") {
  rules::Finding other = tests::orphan();
  other.rule = "leak/another";
  const Acceptance acceptance({}, baseline_of(tests::orphan()));
  CHECK(acceptance.assess(tests::orphan(), tests::kClock).excuse() == Excuse::Known);
  CHECK(acceptance.assess(other, tests::kClock).excuse() == Excuse::None);
  CHECK(acceptance.assess(other, tests::kClock).novelty == Novelty::New);
}

TEST_CASE("excuse_text: who reads a report learns why it fails nothing, and until when") {
  const Acceptance both({ignore("leak")}, baseline_of(tests::orphan()));
  const Assessment assessment = both.assess(tests::orphan(), tests::kClock);
  CHECK(assessment.excuse() == Excuse::Ignored);
  CHECK(assessment.novelty == Novelty::Known);
  CHECK(excuse_text(assessment) == "ignored until 2026-01-01: known");
  CHECK(excuse_text(Acceptance().assess(tests::orphan(), tests::kClock)) == "");
}
