#include "proxy/explain/findings.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace proxy::explain;

namespace {

Reading read(const std::string& text) {
  std::istringstream in(text);
  return read_findings(in);
}

/// A record of second `at` of 2026.
std::string record(const std::string& id, const std::string& rule, const std::string& at,
                   const std::string& confidence = "likely") {
  const std::string time = "2026-01-01T00:00:" + at + ".000Z";
  return R"({"type":"finding","id":")" + id + R"(","rule":")" + rule + R"(","confidence":")" +
         confidence + R"(","first_seen":")" + time + R"(","last_seen":")" + time + "\"}\n";
}
const std::string kVerdict = "{\"type\":\"verdict\",\"result\":\"findings\"}\n";

}  // namespace

TEST_CASE("read_findings: the last record of an id counts, in the place of the first") {
  const Reading reading = read(record("f-1", "a/b", "01") + record("f-2", "a/b", "01") +
                               record("f-1", "a/b", "01", "certain") +
                               R"({"type":"withdrawn","id":"f-2","reason":"no"})");
  REQUIRE(reading.findings.size() == 2);
  CHECK(reading.findings[0].id == "f-1");
  CHECK(reading.findings[0].confidence == "certain");
  CHECK(reading.findings[1].withdrawn == "no");
  CHECK(reading.runs == 1);
}

TEST_CASE("read_findings: a finding that comes back after it was withdrawn stands") {
  const Reading reading = read(record("f-1", "a/b", "01") +
                               "{\"type\":\"withdrawn\",\"id\":\"f-1\",\"reason\":\"no\"}\n" +
                               record("f-1", "a/b", "01"));
  CHECK_FALSE(reading.findings[0].withdrawn.has_value());
}

TEST_CASE("read_findings: of a file with several runs the last counts") {
  const Reading ended =
      read(record("f-1", "a/b", "01") + record("f-2", "a/b", "01") + kVerdict +
           record("f-1", "c/d", "09") + "{\"type\":\"verdict\",\"result\":\"inconclusive\"}\n");
  REQUIRE(ended.findings.size() == 1);
  CHECK(ended.findings[0].rule == "c/d");
  CHECK(ended.verdict == "inconclusive");
  CHECK(ended.runs == 2);

  // A run that was killed left no verdict.
  CHECK(read(record("f-1", "a/b", "01") + record("f-1", "c/d", "09")).runs == 2);
  CHECK(read(record("f-1", "a/b", "01") + record("f-1", "a/b", "09")).runs == 2);
  CHECK(read(record("f-1", "a/b", "01") + kVerdict + kVerdict).findings.empty());
}

TEST_CASE("read_findings: a last line without an end is cut off, any other is bad") {
  const std::string good = record("f-1", "a/b", "01");
  CHECK(read(good + R"({"type":"findi)").cut);
  CHECK(read(good + R"({"type":"findi)").lines_bad == 0);

  const Reading bad =
      read(good + "no\n[]\n{}\n{\"type\":\"finding\"}\n\n" + record("f-2", "a/b", "01"));
  CHECK(bad.lines_bad == 4);
  CHECK(bad.first_bad == 2);
  CHECK_FALSE(bad.cut);
  CHECK(bad.findings.size() == 2);
}

TEST_CASE("read_findings: a record of a later version is passed over") {
  const Reading reading = read(R"({"type":"tomorrow"})"
                               "\n");
  CHECK(reading.lines_bad == 0);
  CHECK(reading.findings.empty());
}

TEST_CASE("read_findings: keys of another type read as empty") {
  const Reading reading = read(
      R"({"type":"finding","id":"f-1","rule":1,"severity":[],"client":"c-1","session":[],"successor":7,"count":-1,)"
      R"("first_seen":"yesterday","last_seen":"2026-13-01T00:00:00.000Z","unproven":"yes","evidence":[1,{"at":null,"packet":{}}]})");
  REQUIRE(reading.findings.size() == 1);
  const Finding& finding = reading.findings[0];
  CHECK(finding.rule == "");
  CHECK(finding.count == 1);
  CHECK_FALSE(finding.unproven);
  CHECK_FALSE(finding.successor.has_value());
  CHECK_FALSE(finding.first_seen.has_value());
  CHECK_FALSE(finding.last_seen.has_value());
  REQUIRE(finding.evidence.size() == 1);
  CHECK(finding.evidence[0].packet == "");
}

TEST_CASE("read_findings: a time is read to the millisecond") {
  const Reading reading = read(record("f-1", "a/b", "07"));
  REQUIRE(reading.findings[0].first_seen.has_value());
  CHECK(*reading.findings[0].first_seen ==
        Time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::seconds(7)));
}

TEST_CASE("normal_id: leading zeros do not count") {
  CHECK(normal_id("f-0001") == "f-1");
  CHECK(normal_id("f-10") == "f-10");
  CHECK(normal_id("f-0") == "f-0");
  CHECK(normal_id("x-01") == "x-01");
  CHECK(normal_id("") == "");
}
