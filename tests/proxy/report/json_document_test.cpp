#include "proxy/report/json_document.hpp"

#include <doctest/doctest.h>

#include "proxy/report/record_json.hpp"
#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;
using namespace std::string_literals;

TEST_CASE("json document: the verdict, and the findings as --findings writes them") {
  const auto document =
      nlohmann::ordered_json::parse(json_document(tests::run_of({tests::orphan()})));
  CHECK(document["verdict"]["type"] == "verdict");
  CHECK(document["verdict"]["findings"]["error"] == 1);
  REQUIRE(document["findings"].size() == 1);
  CHECK(document["findings"][0] == to_json(tests::orphan(),
                                           Acceptance().assess(tests::orphan(), tests::kClock),
                                           tests::kClock, Redaction(Redaction::Mode::Shorten)));
}

TEST_CASE("json document: without findings it has an empty list") {
  CHECK(nlohmann::json::parse(json_document(tests::run_of({})))["findings"].is_array());
}

TEST_CASE(
    "json document: hostile names and payloads come back as they were, but for bytes that are no "
    "text") {
  const std::string text = json_document(tests::hostile_run());
  CHECK(tests::is_plain_text(text));
  const auto document = nlohmann::json::parse(text);
  const std::string event = document["findings"][1]["event"];
  CHECK(tests::contains(event, "</script><script>alert(1)</script>]]>"));
  CHECK(tests::contains(event, "\x1b[2J\r\n\t\0::warning::f\n| g |\n"s));
  CHECK(tests::contains(event, "\uFFFD\uFFFD\uFFFD \uFFFD\uFFFD"));
  CHECK(document["findings"][1]["evidence"][0]["truncated"] == true);
}
