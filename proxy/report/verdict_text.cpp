#include "proxy/report/verdict_text.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace proxy::report {
namespace {

constexpr std::size_t kFindingsListedMax = 20;
constexpr std::size_t kEventsListedMax = 10;
constexpr std::size_t kNameWidth = 28;

std::uint64_t found(const rules::Tally& tally, rules::Severity severity) {
  return tally.findings[static_cast<std::size_t>(severity)];
}

std::string findings_counted(const Verdict& verdict) {
  const rules::Tally& tally = verdict.tally;
  const std::uint64_t errors = found(tally, rules::Severity::Error);
  const std::uint64_t warnings = found(tally, rules::Severity::Warning);
  const std::uint64_t infos = found(tally, rules::Severity::Info);
  if (errors + warnings + infos == 0) return "nothing found";
  std::string text =
      counted(errors, "error", "errors") + ", " + counted(warnings, "warning", "warnings");
  if (infos > 0) text += ", " + std::to_string(infos) + " info";
  if (verdict.ignored > 0) text += ", of these " + std::to_string(verdict.ignored) + " ignored";
  if (verdict.known > 0)
    text +=
        (verdict.ignored > 0 ? " and " : ", of these ") + std::to_string(verdict.known) + " known";
  return text;
}

Ink ink_of(Result result) {
  switch (result) {
    case Result::Clean:
      return Ink::Green;
    case Result::Findings:
      return Ink::Red;
    case Result::Inconclusive:
      return Ink::Yellow;
  }
  return Ink::Red;
}

void list_findings(std::ostream& text, std::span<const Assessed> findings,
                   const Redaction& redaction, Colours colours) {
  for (const Assessed& one : findings.first(std::min(findings.size(), kFindingsListedMax))) {
    const rules::Finding finding = redaction.finding(one.finding);
    text << "  f-" << finding.number << "  " << paint(finding.rule, Ink::Bold, colours) << "  "
         << rules::name(finding.confidence) << (finding.unproven ? ", unproven" : "")
         << excuse_mark(one.assessment);
    if (finding.count > 1) text << "  x" << finding.count;
    text << "\n      " << printable(finding.summary) << '\n';
    if (one.assessment.excuse() != Excuse::None)
      text << "      " << printable(excuse_text(one.assessment)) << '\n';
  }
  if (findings.size() > kFindingsListedMax)
    text << "  ... and "
         << counted(findings.size() - kFindingsListedMax, "finding more", "findings more") << '\n';
}

void list_events(std::ostream& text, const std::vector<rules::TopicCount>& rows) {
  if (rows.empty()) return;
  text << "  " << std::left << std::setw(static_cast<int>(kNameWidth)) << "event" << std::setw(11)
       << "direction" << std::right << std::setw(9) << "sent" << std::setw(12) << "to sessions"
       << std::setw(13) << "to each" << std::setw(14) << "exactly once" << std::setw(14)
       << "extra copies" << '\n';
  for (std::size_t i = 0; i < std::min(rows.size(), kEventsListedMax); ++i) {
    const rules::TopicCount& row = rows[i];
    const std::string label = event_label(row);
    text << "  " << label;
    for (std::size_t width = label.size(); width < kNameWidth; ++width) text << ' ';
    text << (label.size() >= kNameWidth ? "  " : "") << std::left << std::setw(11)
         << (row.direction == core::Direction::ToClient ? "to client" : "to server") << std::right
         << std::setw(9) << row.sent << std::setw(12)
         << (row.sessions == 0 ? "" : std::to_string(row.sessions)) << std::setw(13)
         << each_text(row) << std::setw(14) << row.once << std::setw(14) << row.extra << '\n';
  }
  if (rows.size() > kEventsListedMax)
    text << "  ... and " << counted(rows.size() - kEventsListedMax, "event more", "events more")
         << '\n';
}

}  // namespace

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string event_label(const rules::TopicCount& topic) {
  if (topic.name.ns.empty()) return "(all others)";
  std::string label = printable(topic.name.event);
  if (topic.name.ns != "/") label += " in " + printable(topic.name.ns);
  return label;
}

std::string unobserved_text(const rules::UnobservedCount& row) {
  std::string text =
      std::string(core::unobserved_name(row.reason)) + ", " + counted(row.count, "time", "times");
  if (row.sessions > 0) text += " in " + counted(row.sessions, "session", "sessions");
  if (row.first)
    text +=
        "; first " + std::string(row.first->why) + ", at byte " +
        std::to_string(row.first->offset_bytes) +
        (row.first->direction == core::Direction::ToClient ? " to the client" : " to the server");
  return text;
}

std::string_view fault_text(rules::Fault fault) noexcept {
  switch (fault) {
    case rules::Fault::Client:
      return "the client";
    case rules::Fault::Server:
      return "the server";
    case rules::Fault::Network:
      return "the network between them";
    case rules::Fault::Unknown:
      break;
  }
  return "the wire cannot tell";
}

std::string each_text(const rules::TopicCount& topic) {
  if (topic.sessions == 0) return "";
  return std::to_string(topic.most) + (topic.sent == topic.sessions * topic.most ? "" : " at most");
}

std::string once_sentence(const Verdict& verdict) {
  constexpr std::size_t kNamedMax = 5;
  if (!verdict.tally.unobserved.empty()) return "";
  std::vector<std::string> once;
  bool every = true;
  for (const rules::TopicCount& topic : verdict.tally.topics) {
    if (topic.direction != core::Direction::ToClient) continue;
    if (topic.extra != 0 || topic.doubtful || topic.name.ns.empty())
      every = false;
    else
      once.push_back("\"" + event_label(topic) + "\"");
  }
  if (once.empty()) return "";
  std::string text;
  for (std::size_t i = 0; i < std::min(once.size(), kNamedMax); ++i)
    text += (i == 0 ? "" : ", ") + once[i];
  if (once.size() > kNamedMax) text += " and " + std::to_string(once.size() - kNamedMax) + " more";
  if (every && once.size() > 1) text = "Every event to clients";
  return text + (every || once.size() == 1 ? " was" : " were") +
         " delivered exactly once on the wire: if your handler ran twice, look for listeners "
         "registered inside `connect`.";
}

std::vector<rules::TopicCount> events_to_show(const Verdict& verdict) {
  std::vector<rules::TopicCount> rows = verdict.tally.topics;
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.extra > b.extra; });
  return rows;
}

std::string_view advice(Doubt doubt) noexcept {
  switch (doubt) {
    case Doubt::Unobserved:
      return "Some Socket.IO traffic passed undecoded, so nothing can be said about it; see "
             "\"unobserved\" above.";
    case Doubt::Unproven:
      return "A session looked leaked but ended, or the run did, before its next ping could prove "
             "it. Use shorter "
             "pings in tests, for instance new Server({ pingInterval: 1000, pingTimeout: 1000 }), "
             "or a longer --grace.";
    case Doubt::NoTraffic:
      return "No Socket.IO session came through. Does the client connect to sioscope "
             "(SIOSCOPE_URL, --env NAME), "
             "and does --path match the server's path?";
    case Doubt::NothingCaptured:
      return "No Socket.IO session begins in the capture. Is it of the right interface and of "
             "plain "
             "HTTP, not TLS; did it run before the clients connected; and does --path match the "
             "server's path?";
    case Doubt::NothingReplayed:
      return "No session came about; the reason stands above. Is the server there, does --path "
             "match "
             "its path, and does it let these clients in (--auth, --header, --query)?";
    case Doubt::CaptureDamaged:
      return "Part of the traffic is not in the capture or could not be read, as said above, so "
             "nothing can be said about it.";
    case Doubt::FindingsNotKept:
      return "The findings file could not be written in full: records are missing from it.";
    case Doubt::ReportNotWritten:
      return "A report could not be written in full; the log says which, and why.";
    case Doubt::OnlyCounted:
      return "More findings arose than are kept, so whose they are cannot be told; POST /reset "
             "between suites.";
  }
  return "";
}

std::string verdict_line(const Verdict& verdict, Colours colours) {
  return paint(name(verdict.result), ink_of(verdict.result), colours) + ": " +
         findings_counted(verdict) + ", resting on " +
         counted(verdict.tally.sessions, "session", "sessions") + " and " +
         counted(verdict.tally.deliveries, "delivery", "deliveries") + " to clients\n";
}

std::string verdict_text(const Verdict& verdict, std::span<const Assessed> findings,
                         const Redaction& redaction, Colours colours) {
  std::ostringstream text;
  text << "verdict: " << verdict_line(verdict, colours);
  list_findings(text, findings, redaction, colours);
  list_events(text, events_to_show(verdict));
  if (const std::string once = once_sentence(verdict); !once.empty()) text << "  " << once << '\n';
  for (const rules::UnobservedCount& row : verdict.tally.unobserved)
    text << "  unobserved: " << unobserved_text(row) << '\n';
  if (verdict.child_exit.value_or(0) != 0)
    text << "  The command itself failed, with exit code " << *verdict.child_exit << ".\n";
  for (const Doubt doubt : verdict.doubts) text << "  " << advice(doubt) << '\n';
  return text.str();
}

}  // namespace proxy::report
