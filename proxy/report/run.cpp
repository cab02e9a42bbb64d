#include "proxy/report/run.hpp"

#include <algorithm>

#include "proxy/report/paint.hpp"

namespace proxy::report {

Run gather(Verdict verdict, std::vector<Assessed> findings, std::span<const FindingClass> classes,
           std::span<const rules::Description> rules, const Fails& fails,
           const Redaction& redaction, const WallClock& clock, core::Instant ended) {
  Run run{.verdict = std::move(verdict),
          .findings = {},
          .findings_total = 0,
          .rules = {},
          .clock = clock,
          .ended = ended,
          .sids = redaction.mode()};
  for (Assessed& one : findings) {
    const bool failing = one.assessment.excuse() == Excuse::None &&
                         fails(one.finding.rule, one.finding.severity, one.finding.confidence);
    run.findings.push_back(
        {redaction.finding(std::move(one.finding)), failing, std::move(one.assessment)});
  }
  std::stable_partition(run.findings.begin(), run.findings.end(),
                        [](const Told& told) { return told.fails; });

  for (const rules::Description& rule : rules) run.rules.push_back({.rule = rule});
  for (const FindingClass& one : classes) {
    run.findings_total += one.count;
    const auto row = std::find_if(run.rules.begin(), run.rules.end(),
                                  [&](const RuleRow& any) { return any.rule.id == one.rule; });
    if (row == run.rules.end()) continue;
    row->findings += one.count;
    if (one.excuse != Excuse::None)
      row->excused += one.count;
    else if (fails(one.rule, one.severity, one.confidence))
      row->failing += one.count;
  }
  return run;
}

Level level_of(const Told& told) noexcept {
  if (told.finding.confidence == rules::Confidence::Possible && !told.fails) return Level::Note;
  if (told.assessment.excuse() != Excuse::None) return Level::Note;
  switch (told.finding.severity) {
    case rules::Severity::Info:
      return Level::Note;
    case rules::Severity::Warning:
      return Level::Warning;
    case rules::Severity::Error:
      return Level::Error;
  }
  return Level::Error;
}

std::string_view name(Level level) noexcept {
  switch (level) {
    case Level::Note:
      return "note";
    case Level::Warning:
      return "warning";
    case Level::Error:
      return "error";
  }
  return {};
}

std::string label(const rules::Finding& finding) { return "f-" + std::to_string(finding.number); }

std::string label(core::SessionId session) {
  return "s-" + std::to_string(static_cast<std::uint32_t>(session));
}

std::string confidence_text(const Told& told) {
  return std::string(rules::name(told.finding.confidence))
      .append(told.finding.unproven ? ", unproven" : "")
      .append(excuse_mark(told.assessment));
}

std::string_view direction_text(core::Direction direction) noexcept {
  return direction == core::Direction::ToClient ? "to client" : "to server";
}

std::string seen_text(const rules::Evidence& evidence) {
  if (evidence.packet.empty()) return std::string(rules::name(evidence.what));
  return printable(evidence.packet) + (evidence.truncated ? "…" : "");
}

}  // namespace proxy::report
