#include "proxy/report/sarif.hpp"

#include <doctest/doctest.h>

#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;
using Json = nlohmann::json;

// Whether it validates against the schema is tests/reports' business.

namespace {

Json run_json(const Run& run) {
  const std::string text = sarif(run);
  REQUIRE(tests::is_plain_text(text));
  return Json::parse(text)["runs"][0];
}

std::string fingerprint_of(const rules::Finding& finding) {
  return run_json(tests::run_of({finding}))["results"][0]["partialFingerprints"]["sioscope/v1"];
}

}  // namespace

TEST_CASE("sarif: every rule is described, with its level") {
  const Json driver = run_json(tests::run_of({}))["tool"]["driver"];
  REQUIRE(driver["rules"].size() == rules::registry().size());
  CHECK(driver["rules"][0]["id"] == "leak/orphan-after-parse-error");
  CHECK(driver["rules"][0]["defaultConfiguration"]["level"] == "error");
  CHECK(tests::contains(driver["rules"][0]["help"]["text"], "What to do: "));
}

TEST_CASE("sarif: a result names its rule, its level, a place and its evidence with times") {
  const Json result = run_json(tests::run_of({tests::orphan()}))["results"][0];
  CHECK(result["ruleId"] == "leak/orphan-after-parse-error");
  CHECK(result["ruleIndex"] == 0);
  CHECK(result["level"] == "error");
  CHECK(tests::contains(result["message"]["text"], "The client came back"));
  CHECK(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
        "socket.io-traffic");
  const Json& steps = result["codeFlows"][0]["threadFlows"][0]["locations"];
  REQUIRE(steps.size() == 2);
  CHECK(steps[0]["executionTimeUtc"] == "2026-01-01T00:00:00.679Z");
  CHECK(steps[0]["location"]["message"]["text"] ==
        "to client, s-12: 42[null,null] (invalid payload)");
}

TEST_CASE("sarif: the same fault has the same fingerprint in another run, another fault another") {
  rules::Finding later = tests::orphan();
  later.session.id = core::SessionId{99};
  later.session.engine_sid = "another";
  later.first_seen = tests::at(std::chrono::hours(1));
  later.count = 7;
  CHECK(fingerprint_of(later) == fingerprint_of(tests::orphan()));

  rules::Finding of_event = tests::orphan();
  of_event.event = rules::EventName{"/", "news"};
  rules::Finding of_another = tests::orphan();
  of_another.event = rules::EventName{"/", "chat"};
  CHECK(fingerprint_of(of_event) != fingerprint_of(of_another));
  CHECK(fingerprint_of(of_event) != fingerprint_of(tests::orphan()));
}

TEST_CASE("sarif: doubts are notifications, and redacted sids are announced") {
  const Json run = run_json(tests::inconclusive_run());
  CHECK(run["invocations"][0]["toolExecutionNotifications"].size() == 2);
  CHECK(run["invocations"][0]["exitCode"] == 3);
  CHECK(run["redactionTokens"] == Json::array({"…"}));
}

TEST_CASE("sarif: in a hostile name nothing is a placeholder or a link") {
  const Json run = run_json(tests::hostile_run());
  const std::string message = run["results"][1]["message"]["text"];
  CHECK(tests::contains(message, "[click] (http://evil.example) {{0}}"));
  CHECK(tests::contains(message, "</script>"));
  CHECK(tests::contains(message, "\\x1b[2J\\x0d\\x0a"));
  CHECK(tests::contains(run["results"][1]["locations"][0]["logicalLocations"][0]["name"],
                        "\\xed\\xa0\\x80"));
}

TEST_CASE("sarif: what an ignore takes is suppressed, with its reason") {
  const Json results =
      run_json(tests::run_of({tests::orphan()}, tests::ignoring_leaks()))["results"];
  REQUIRE(results.size() == 1);
  CHECK(results[0]["suppressions"][0]["kind"] == "external");
  CHECK(tests::contains(results[0]["suppressions"][0]["justification"],
                        "ignored until 2026-12-31: "));
  CHECK_FALSE(results[0].contains("baselineState"));
}

TEST_CASE("sarif: with a baseline each result says whether it is new") {
  rules::Finding other = tests::orphan();
  other.number = 2;
  other.rule = "duplicate/over-orphan";
  const Json results =
      run_json(tests::run_of({tests::orphan(), other}, tests::knowing(tests::orphan())))["results"];
  CHECK(results[0]["baselineState"] == "new");
  CHECK(results[1]["baselineState"] == "unchanged");
  CHECK_FALSE(results[1].contains("suppressions"));
  CHECK_FALSE(run_json(tests::run_of({other}))["results"][0].contains("baselineState"));
}
