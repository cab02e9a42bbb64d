#include "proxy/report/markdown.hpp"

#include <algorithm>
#include <cctype>

#include "proxy/report/paint.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::report {
namespace {

constexpr std::size_t kFindingsMax = 100;
constexpr std::size_t kEventsMax = 20;

std::string_view mark(Result result) {
  switch (result) {
    case Result::Clean:
      return "✅";
    case Result::Findings:
      return "❌";
    case Result::Inconclusive:
      return "❓";
  }
  return "";
}

std::string_view mark(const Told& told) {
  if (told.fails) return "❌";
  return level_of(told) == Level::Note ? "ℹ️" : "⚠️";
}

std::string head(const Run& run) {
  std::string text = "## " + std::string(mark(run.verdict.result)) +
                     " sioscope: " + std::string(name(run.verdict.result)) + "\n\n" +
                     verdict_line(run.verdict, Colours::Off);
  for (const Doubt doubt : run.verdict.doubts) text += "\n> " + markdown_text(advice(doubt)) + "\n";
  if (run.verdict.child_exit.value_or(0) != 0)
    text += "\n> The command itself failed, with exit code " +
            std::to_string(*run.verdict.child_exit) + ".\n";
  if (!run.verdict.tally.unobserved.empty()) text += "\n";
  for (const rules::UnobservedCount& row : run.verdict.tally.unobserved)
    text += "- unobserved: " + markdown_text(unobserved_text(row)) + "\n";
  return text;
}

std::string table_row(const Told& told) {
  const rules::Finding& finding = told.finding;
  return "| " + std::string(mark(told)) + " " + label(finding) + " | `" +
         std::string(finding.rule) + "` | " + std::string(rules::name(finding.severity)) + ", " +
         confidence_text(told) + " | " + std::to_string(finding.count) + " | " +
         markdown_text(finding.summary) + " |\n";
}

std::string details(const Told& told, const WallClock& clock) {
  const rules::Finding& finding = told.finding;
  std::string text = "<details><summary>" + label(finding) + " " + std::string(finding.rule) +
                     ", " + confidence_text(told) + "</summary>\n\n";
  text += "**What it is:** " + markdown_text(finding.summary) + "\n\n";
  if (finding.event)
    text += "**Event:** " + markdown_code(finding.event->event) + " in namespace " +
            markdown_code(finding.event->ns) + "\n\n";
  text += "**At fault:** " + std::string(fault_text(finding.fault)) + "; session " +
          label(finding.session.id) + ", sid " + markdown_code(finding.session.engine_sid) + "\n\n";
  if (!finding.evidence.empty())
    text += "| Time (UTC) | Direction | Session | Seen | Note |\n| --- | --- | --- | --- | --- |\n";
  for (const rules::Evidence& one : finding.evidence)
    text += "| " + clock.time_of_day(one.at) + " | " + std::string(direction_text(one.direction)) +
            " | " + (one.session == core::SessionId::None ? "" : label(one.session)) + " | " +
            markdown_code(one.packet.empty() ? rules::name(one.what) : one.packet) +
            (one.truncated ? "…" : "") + " | " + markdown_text(one.note) + " |\n";
  if (!finding.remedy.empty()) text += "\n**What to do:** " + markdown_text(finding.remedy) + "\n";
  if (told.assessment.excuse() != Excuse::None)
    text += "\n**Fails nothing:** " + markdown_text(excuse_text(told.assessment)) + "\n";
  return text + "\n</details>\n";
}

std::string events_table(const Run& run) {
  const std::vector<rules::TopicCount> rows = events_to_show(run.verdict);
  if (rows.empty()) return "";
  std::string text =
      "\n| Event | Direction | Sent | To sessions | To each | Exactly once | Extra copies "
      "|\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
  for (const rules::TopicCount& row : std::span(rows).first(std::min(rows.size(), kEventsMax)))
    text += "| " + markdown_code(event_label(row)) + " | " +
            std::string(direction_text(row.direction)) + " | " + std::to_string(row.sent) + " | " +
            (row.sessions == 0 ? "" : std::to_string(row.sessions)) + " | " + each_text(row) +
            " | " + std::to_string(row.once) + " | " + std::to_string(row.extra) + " |\n";
  if (const std::string once = once_sentence(run.verdict); !once.empty())
    text += "\n" + markdown_text(once) + "\n";
  return text;
}

std::string rules_table(const Run& run) {
  std::string text =
      "\n<details><summary>" + counted(run.rules.size(), "rule was", "rules were") +
      " watched</summary>\n\n| Rule | Findings | Of these, failing |\n| --- | ---: | ---: |\n";
  for (const RuleRow& row : run.rules)
    text += "| `" + std::string(row.rule.id) + "` | " + std::to_string(row.findings) + " | " +
            std::to_string(row.failing) + " |\n";
  return text + "\n</details>\n";
}

}  // namespace

std::string markdown_text(std::string_view text) {
  const std::string shown = printable(text);
  const auto in_word = [&](std::size_t at) {
    return at < shown.size() && std::isalnum(static_cast<unsigned char>(shown[at])) != 0;
  };
  std::string safe;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    const bool plain = c == '_' && in_word(i - 1) && in_word(i + 1);
    if (!plain && std::string_view("&<>`*_[]|\\~$").find(c) != std::string_view::npos) {
      safe += "&#" + std::to_string(static_cast<int>(c)) + ";";
      continue;
    }
    safe += c;
    // What would become a mention, a reference or a link is broken by a comment nobody sees.
    if (c == '@' || c == '#' || safe.ends_with(":/") || safe.ends_with("www.")) safe += "<!-- -->";
  }
  return safe;
}

std::string markdown_code(std::string_view text) {
  std::string inside;
  std::size_t run = 0;
  std::size_t longest = 0;
  for (const char c : printable(text)) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    if (c == '|')
      inside += "\\x7c";
    else
      inside += c;
  }
  if (inside.find_first_not_of(' ') == std::string::npos) return inside.empty() ? "" : "(blank)";
  // A run of another length than the fence's is no end of it, and the blanks beside it are dropped.
  const std::string fence(longest + 1, '`');
  const bool pad = longest > 0 || inside.front() == ' ' || inside.back() == ' ';
  return pad ? fence + " " + inside + " " + fence : fence + inside + fence;
}

std::string markdown(const Run& run, std::size_t bytes_max) {
  constexpr std::size_t kLastLineBytes = 200;
  std::string text = head(run);
  const std::string tail = events_table(run) + rules_table(run);
  const auto fits = [&](const std::string& more) {
    return text.size() + more.size() + tail.size() + kLastLineBytes <= bytes_max;
  };

  const std::span<const Told> told =
      std::span(run.findings).first(std::min(run.findings.size(), kFindingsMax));
  std::size_t rows = 0;
  if (!told.empty())
    text +=
        "\n| Finding | Rule | Severity | Count | What it is |\n| --- | --- | --- | ---: | --- |\n";
  for (; rows < told.size() && fits(table_row(told[rows])); ++rows) text += table_row(told[rows]);
  if (rows > 0) text += "\n";
  std::size_t detailed = 0;
  for (; detailed < rows; ++detailed) {
    const std::string one = details(told[detailed], run.clock);
    if (!fits(one)) break;
    text += one;
  }
  if (detailed < run.findings_total)
    text += "\n" + std::to_string(detailed) + " of " +
            counted(run.findings_total, "finding is", "findings are") +
            " told in full here; --report json has more.\n";
  return text + tail;
}

}  // namespace proxy::report
