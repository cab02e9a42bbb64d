#include "proxy/report/terminal.hpp"

#include <algorithm>
#include <sstream>

#include "proxy/report/verdict_text.hpp"

namespace proxy::report {
namespace {

Ink ink_of(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::Info:
      return Ink::Dim;
    case rules::Severity::Warning:
      return Ink::Yellow;
    case rules::Severity::Error:
      return Ink::Red;
  }
  return Ink::Red;
}

std::string label(std::uint32_t number) { return "f-" + std::to_string(number); }

std::string headline(const rules::Finding& finding, Colours colours, const Assessment& assessment) {
  const std::string severity(rules::name(finding.severity));
  return label(finding.number) + "  " + paint(severity, ink_of(finding.severity), colours) + "  " +
         paint(finding.rule, Ink::Bold, colours) + "  " +
         std::string(rules::name(finding.confidence)) + (finding.unproven ? ", unproven" : "") +
         std::string(excuse_mark(assessment));
}

/// `  12:00:00.679  to client  s-12  42[null,null]  invalid payload`
std::string evidence_line(const rules::Evidence& evidence, const WallClock& clock,
                          Colours colours) {
  std::ostringstream line;
  line << "    " << paint(clock.time_of_day(evidence.at), Ink::Dim, colours)
       << (evidence.direction == core::Direction::ToClient ? "  to client" : "  to server");
  if (evidence.session != core::SessionId::None)
    line << "  s-" << static_cast<std::uint32_t>(evidence.session);
  line << "  ";
  if (evidence.packet.empty())
    line << rules::name(evidence.what);
  else
    line << printable(evidence.packet) << (evidence.truncated ? "…" : "");
  if (!evidence.note.empty()) line << "  " << paint(printable(evidence.note), Ink::Dim, colours);
  return line.str();
}

}  // namespace

std::string describe(const rules::Finding& whole, const WallClock& clock,
                     const Redaction& redaction, Colours colours, const Assessment& assessment) {
  const rules::Finding finding = redaction.finding(whole);
  std::ostringstream text;
  text << headline(finding, colours, assessment) << "\n  " << printable(finding.summary) << '\n';
  for (const rules::Evidence& evidence : finding.evidence)
    text << evidence_line(evidence, clock, colours) << '\n';
  text << "  at fault: " << fault_text(finding.fault) << '\n';
  if (!finding.remedy.empty()) text << "  what to do: " << printable(finding.remedy) << '\n';
  if (assessment.excuse() != Excuse::None)
    text << "  " << printable(excuse_text(assessment)) << '\n';
  return text.str();
}

Terminal::Terminal(std::ostream& out, const WallClock& clock, const Redaction& redaction,
                   Colours colours, Progress progress)
    : out_(out), clock_(clock), redaction_(redaction), colours_(colours), progress_(progress) {}

void Terminal::show(const rules::Record& record, const Assessment& assessment) {
  const std::lock_guard lock(mutex_);
  if (const auto* finding = std::get_if<rules::Finding>(&record)) {
    show_finding(*finding, assessment);
    return;
  }
  const auto& withdrawn = std::get<rules::Withdrawn>(record);
  if (shown_.erase(withdrawn.number) == 0) return;
  erase_progress();
  out_ << label(withdrawn.number)
       << "  withdrawn: " << printable(redaction_.text(withdrawn.reason, {})) << '\n'
       << std::flush;
}

void Terminal::show_finding(const rules::Finding& finding, const Assessment& assessment) {
  const auto known = shown_.find(finding.number);
  if (known == shown_.end()) {
    if (shown_.size() >= kRememberedMax) return;
    erase_progress();
    shown_.emplace(finding.number, finding.confidence);
    if (shown_.size() <= kToldInFullMax)
      out_ << describe(finding, clock_, redaction_, colours_, assessment) << std::flush;
    else
      out_ << headline(finding, colours_, assessment) << '\n' << std::flush;
    return;
  }

  if (finding.confidence == known->second) return;
  erase_progress();
  known->second = finding.confidence;
  out_ << headline(finding, colours_, assessment) << " now\n";
  const rules::Finding safe = redaction_.finding(finding);
  if (!safe.evidence.empty()) out_ << evidence_line(safe.evidence.back(), clock_, colours_) << '\n';
  out_ << std::flush;
}

void Terminal::progress(std::string_view line) {
  if (progress_ == Progress::Off) return;
  const std::lock_guard lock(mutex_);
  erase_progress();
  if (line.empty()) return;
  out_ << line << std::flush;
  progress_shown_ = true;
}

void Terminal::erase_progress() {
  if (!progress_shown_) return;
  out_ << "\r\x1b[K" << std::flush;
  progress_shown_ = false;
}

}  // namespace proxy::report
