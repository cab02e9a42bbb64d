#pragma once

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "proxy/report/fingerprint.hpp"
#include "proxy/report/run.hpp"
#include "tests/proxy/report/sample.hpp"

namespace tests {

using namespace std::string_literals;

/// What a peer may put into an event name or a payload to break out of a report: markup of every
/// format, commands to a CI's runner, controls, a lone surrogate, bytes that are no UTF-8.
inline const std::string kHostile =
    "::error title=x::gotcha</script><script>alert(1)</script>]]><!-- --> <img src=x onerror=y>"
    "a|b `c` ```d``` ##[error]e @everyone #1 http://evil.example www.evil.example "
    "[click](http://evil.example) {0} %0A \"'&amp; \\| $x$ \x1b[2J\r\n\t\0::warning::f"
    "\n| g |\n\xed\xa0\x80 \xff\xfe \xef\xbf\xbe \xe2\x80\xae end`"s;

/// A finding in which everything that comes from the wire is hostile.
[[nodiscard]] inline rules::Finding hostile() {
  rules::Finding finding = orphan();
  finding.number = 2;
  finding.event = rules::EventName{kHostile, kHostile};
  finding.session.engine_sid = "<b>|`\n" + kHostile;
  finding.session.sockets = {{kHostile, kHostile}};
  finding.summary = "\"" + kHostile + "\" was sent.";
  finding.remedy = kHostile;
  finding.evidence[0].packet = (kHostile + kHostile).substr(0, 256);
  finding.evidence[0].truncated = true;
  finding.evidence[0].note = kHostile;
  return finding;
}

/// A run that found these, judged by the default gate, over the real rules.
[[nodiscard]] inline proxy::report::Run run_of(const std::vector<rules::Finding>& findings,
                                               const proxy::report::Acceptance& acceptance = {}) {
  using namespace std::chrono_literals;
  proxy::report::Ledger ledger;
  proxy::report::Verdict verdict;
  verdict.tally.sessions = 2;
  verdict.tally.deliveries = 9;
  for (const rules::Finding& finding : findings) {
    ledger.apply(finding, acceptance.assess(finding, kClock));
    ++verdict.tally.findings[static_cast<std::size_t>(finding.severity)];
  }
  if (!findings.empty()) {
    verdict.result = proxy::report::Result::Findings;
    verdict.own_exit = 1;
  }
  const auto classes = ledger.classes();
  const auto fails = [](std::string_view, rules::Severity severity, rules::Confidence confidence) {
    return severity == rules::Severity::Error && confidence >= rules::Confidence::Likely;
  };
  return proxy::report::gather(
      std::move(verdict), ledger.findings(), classes, rules::registry(), fails,
      proxy::report::Redaction(proxy::report::Redaction::Mode::Shorten), kClock, at(2500ms));
}

/// An ignore that takes every orphan, with a reason that is hostile too.
[[nodiscard]] inline proxy::report::Acceptance ignoring_leaks() {
  return {{{.rule = "leak",
            .ns = {},
            .event = {},
            .reason = kHostile,
            .expires = std::chrono::year(2026) / 12 / 31}},
          std::nullopt};
}

/// A baseline with that finding in it.
[[nodiscard]] inline proxy::report::Acceptance knowing(const rules::Finding& finding) {
  std::istringstream in(R"({"type":"finding","id":"f-1","fingerprint":")" +
                        proxy::report::fingerprint(finding) + "\"}\n");
  return {{}, *proxy::report::Baseline::read(in)};
}

[[nodiscard]] inline proxy::report::Run hostile_run() {
  proxy::report::Run run = run_of({orphan(), hostile()});
  run.verdict.tally.topics = {{{kHostile, kHostile}, core::Direction::ToClient, 9, 3, 6}};
  return run;
}

/// A run that nobody can call clean.
[[nodiscard]] inline proxy::report::Run inconclusive_run() {
  proxy::report::Run run = run_of({});
  run.verdict.result = proxy::report::Result::Inconclusive;
  run.verdict.own_exit = 3;
  run.verdict.doubts = {proxy::report::Doubt::Unobserved, proxy::report::Doubt::Unproven};
  run.verdict.tally.unobserved.push_back({core::Unobserved::RingOverflow, 1, 20});
  return run;
}

/// UTF-8, on lines, without any other control: what every report must be.
[[nodiscard]] inline bool is_plain_text(const std::string& text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f') return false;
  try {
    return !nlohmann::json(text).dump().empty();  // strict about UTF-8
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

[[nodiscard]] inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// How often `part` stands in the text.
[[nodiscard]] inline std::size_t count(const std::string& text, std::string_view part) {
  std::size_t times = 0;
  for (std::size_t found = text.find(part); found != std::string::npos;
       found = text.find(part, found + part.size()))
    ++times;
  return times;
}

}  // namespace tests
