#include "proxy/report/log_lines.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "proxy/report/record_json.hpp"
#include "tests/proxy/report/sample.hpp"

using namespace proxy::report;
using nlohmann::json;

namespace {

const Assessment kAssessment{"f00", std::nullopt, Novelty::NoBaseline};

struct Log {
  std::ostringstream out;
  Redaction redaction{Redaction::Mode::Shorten};
  LogLines lines{out, tests::kClock, redaction};

  /// What was written since the last call, which is one line or none.
  json line() {
    const std::string text = out.str();
    out.str("");
    if (text.empty()) return nullptr;
    CHECK(text.find('\n') == text.size() - 1);
    return json::parse(text);
  }
};

}  // namespace

TEST_CASE("log line: an object with time, level and message, whatever is in it") {
  const auto time =
      std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::milliseconds(1234);
  CHECK(log_line(time, "warning", "say \"no\"\n\xff") ==
        "{\"time\":\"2026-01-01T00:00:01.234Z\",\"level\":\"warning\",\"message\":\"say "
        "\\\"no\\\"\\n\uFFFD\"}");
}

TEST_CASE("log lines: a finding is its sentence and its record, at its severity, without secrets") {
  Log log;
  log.lines.show(tests::orphan(), kAssessment);
  const json line = log.line();
  CHECK(line["level"] == "error");
  CHECK(line["message"] == "The client came back and left its session open.");
  CHECK(line["finding"] ==
        json::parse(to_line(to_json(tests::orphan(), kAssessment, tests::kClock, log.redaction))));
  CHECK(line.dump().find(tests::kOrphanSid) == std::string::npos);
}

TEST_CASE("log lines: growth is quiet, more confidence and a withdrawal are told") {
  Log log;
  rules::Finding finding = tests::orphan();
  log.lines.show(rules::Withdrawn{1, "never told"}, {});
  CHECK(log.line() == nullptr);
  finding.confidence = rules::Confidence::Likely;
  log.lines.show(finding, {});
  CHECK(log.line()["finding"]["confidence"] == "likely");
  finding.count = 2;
  log.lines.show(finding, {});
  CHECK(log.line() == nullptr);
  finding.confidence = rules::Confidence::Certain;
  log.lines.show(finding, {});
  CHECK(log.line()["finding"]["confidence"] == "certain");
  log.lines.show(rules::Withdrawn{1, "it spoke again"}, {});
  const json withdrawn = log.line();
  CHECK(withdrawn["message"] == "withdrawn: it spoke again");
  CHECK(withdrawn["finding"]["id"] == "f-1");
}

TEST_CASE("log lines: the verdict's level says how it went") {
  Log log;
  Verdict verdict;
  verdict.result = Result::Clean;
  log.lines.show(verdict);
  const json clean = log.line();
  CHECK(clean["level"] == "info");
  CHECK(clean["message"].get<std::string>().starts_with("verdict: clean: "));
  CHECK(clean["verdict"]["type"] == "verdict");
  verdict.result = Result::Inconclusive;
  log.lines.show(verdict);
  CHECK(log.line()["level"] == "warning");
  verdict.result = Result::Findings;
  log.lines.show(verdict);
  CHECK(log.line()["level"] == "error");
}
