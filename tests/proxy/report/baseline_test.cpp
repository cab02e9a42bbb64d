#include "proxy/report/baseline.hpp"

#include <doctest/doctest.h>

#include <sstream>

using proxy::report::Baseline;
using proxy::report::BaselineError;
using Code = BaselineError::Code;

namespace {

tl::expected<Baseline, BaselineError> read(const std::string& text) {
  std::istringstream in(text);
  return Baseline::read(in);
}

std::string finding(const std::string& id, const std::string& fingerprint) {
  return R"({"type":"finding","id":")" + id + R"(","fingerprint":")" + fingerprint + "\"}\n";
}
const std::string kVerdict = "{\"type\":\"verdict\"}\n";
std::string withdrawn(const std::string& id) {
  return R"({"type":"withdrawn","id":")" + id + "\"}\n";
}

}  // namespace

TEST_CASE("baseline: an empty file is one, and knows nothing") {
  CHECK(read("")->size() == 0);
  CHECK(read("\n  \r\n")->size() == 0);
}

TEST_CASE("baseline: of an id the last record counts, and what was withdrawn is out") {
  const auto baseline = read(finding("f-1", "aa") + finding("f-2", "bb") + finding("f-1", "cc") +
                             withdrawn("f-2") + kVerdict);
  REQUIRE(baseline.has_value());
  CHECK(baseline->holds("cc"));
  CHECK_FALSE(baseline->holds("aa"));
  CHECK_FALSE(baseline->holds("bb"));
  CHECK(baseline->size() == 1);
}

TEST_CASE("baseline: behind a verdict another run begins, with ids of its own") {
  const auto baseline = read(finding("f-1", "aa") + kVerdict + finding("f-1", "bb") + kVerdict +
                             withdrawn("f-1") + finding("f-2", "cc"));
  REQUIRE(baseline.has_value());
  CHECK(baseline->holds("aa"));
  CHECK(baseline->holds("bb"));
  CHECK(baseline->holds("cc"));  // That run was killed.
}

TEST_CASE("baseline: what is no record is refused, with its line") {
  for (const char* line : {"nonsense", "[]", "{}", "{\"type\":7}", "{\"type\":\"fin"}) {
    const auto refused = read(finding("f-1", "aa") + "\n" + line + "\n");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::NoRecord);
    CHECK(refused.error().line == 3);
  }
}

TEST_CASE("baseline: a finding without a fingerprint is refused, other records are skipped") {
  const auto refused = read("{\"type\":\"finding\",\"id\":\"f-1\"}");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Code::NoFingerprint);
  CHECK(refused.error().line == 1);
  CHECK(read("{\"type\":\"news\"}\n")->size() == 0);
}
