#include "proxy/report/ledger.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/proxy/report/sample.hpp"

using proxy::report::Ledger;

namespace {

rules::Finding numbered(std::uint32_t number) {
  rules::Finding finding = tests::orphan();
  finding.number = number;
  return finding;
}

}  // namespace

TEST_CASE("ledger: a finding that grows stays one, in its last form") {
  Ledger ledger;
  rules::Finding finding = numbered(1);
  finding.confidence = rules::Confidence::Possible;
  ledger.apply(finding);
  finding.confidence = rules::Confidence::Certain;
  finding.count = 5;
  ledger.apply(finding);
  REQUIRE(ledger.findings().size() == 1);
  CHECK(ledger.findings()[0].finding.count == 5);
  REQUIRE(ledger.classes().size() == 1);
  CHECK(ledger.classes()[0].confidence == rules::Confidence::Certain);
  CHECK(ledger.classes()[0].count == 1);
}

TEST_CASE("ledger: what is withdrawn no longer stands, and withdrawing it again is harmless") {
  Ledger ledger;
  ledger.apply(numbered(1));
  ledger.apply(numbered(2));
  ledger.apply(rules::Withdrawn{1, "refuted"});
  ledger.apply(rules::Withdrawn{1, "refuted"});
  REQUIRE(ledger.findings().size() == 1);
  CHECK(ledger.findings()[0].finding.number == 2);
}

TEST_CASE("ledger: past its limit findings are counted by class, known ones still grow") {
  Ledger ledger(2);
  for (std::uint32_t number = 1; number <= 5; ++number) ledger.apply(numbered(number));
  ledger.apply(numbered(2));
  CHECK(ledger.findings().size() == 2);
  REQUIRE(ledger.classes().size() == 1);
  CHECK(ledger.classes()[0].count == 5);
}

TEST_CASE("ledger: what was ever said is counted by rule, growth not, and never falls") {
  Ledger ledger(1);
  ledger.apply(numbered(1));
  ledger.apply(numbered(1));
  ledger.apply(numbered(2));
  ledger.apply(rules::Withdrawn{1, "refuted"});
  ledger.apply(rules::Withdrawn{1, "refuted"});
  const auto counts = ledger.counts();
  REQUIRE(counts.size() == 1);
  CHECK(counts.begin()->second.raised == 2);
  CHECK(counts.begin()->second.withdrawn == 1);
}

TEST_CASE("ledger: past its limit a finding that is written again is not counted again") {
  Ledger ledger(1);
  ledger.apply(numbered(1));
  for (int i = 0; i < 3; ++i) ledger.apply(numbered(2));
  CHECK(ledger.only_counted() == 1);
  CHECK(ledger.counts().begin()->second.raised == 2);
}

TEST_CASE("ledger: classes tell what is excused and what is unproven from the rest") {
  using proxy::report::Excuse;
  Ledger ledger;
  ledger.apply(numbered(1));
  ledger.apply(numbered(2),
               {.fingerprint = "0", .ignored = {}, .novelty = proxy::report::Novelty::Known});
  rules::Finding unproven = numbered(3);
  unproven.unproven = true;
  ledger.apply(unproven);
  const auto classes = ledger.classes();
  REQUIRE(classes.size() == 3);
  CHECK(std::count_if(classes.begin(), classes.end(),
                      [](const auto& one) { return one.excuse == Excuse::Known; }) == 1);
  CHECK(std::count_if(classes.begin(), classes.end(),
                      [](const auto& one) { return one.unproven; }) == 1);
}

TEST_CASE(
    "ledger: after a reset the old stays forgotten, also when it grows, and the new is kept") {
  Ledger ledger(1);
  ledger.apply(numbered(1));
  ledger.apply(numbered(2));
  ledger.reset();
  CHECK(ledger.only_counted() == 0);
  ledger.apply(numbered(1));
  ledger.apply(numbered(2));
  CHECK(ledger.findings().empty());
  CHECK(ledger.classes().empty());
  ledger.apply(numbered(3));
  REQUIRE(ledger.findings().size() == 1);
  CHECK(ledger.findings()[0].finding.number == 3);
  CHECK(ledger.counts().begin()->second.raised == 3);
}
