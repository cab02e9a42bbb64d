#include "proxy/report/html.hpp"

#include <algorithm>

#include "proxy/report/paint.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::report {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>sioscope report</title>
<style>
:root { --ink: #1c2128; --dim: #59636e; --page: #ffffff; --box: #f6f8fa; --line: #d1d9e0;
        --error: #c0202c; --warning: #8a5a00; --note: #0757b8; --clean: #15702f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --dim: #9198a1; --page: #0d1117; --box: #161b22; --line: #3d444d;
          --error: #ff7b72; --warning: #e3b341; --note: #79c0ff; --clean: #56d364; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
       max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.error { color: var(--error); } .warning { color: var(--warning); } .note { color: var(--note); }
.clean { color: var(--clean); } .dim { color: var(--dim); }
.advice { border-left: 4px solid var(--warning); background: var(--box); padding: .5rem 1rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; background: var(--box); }
summary { padding: .6rem 1rem; cursor: pointer; } details > div { padding: 0 1rem 1rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; } .n { text-align: right; white-space: nowrap; } .t { white-space: nowrap; }
</style>
</head>
<body>
)";

/// Safe between tags and in a quoted attribute.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:  // of a character, not of an enum
        safe += c;
    }
  }
  return safe;
}

std::string element(std::string_view tag, std::string_view text, std::string_view of_class = "") {
  std::string html = "<" + std::string(tag);
  if (!of_class.empty()) html.append(" class=\"").append(of_class) += '"';
  return html + ">" + escaped(text) + "</" + std::string(tag) + ">";
}

std::string row(std::initializer_list<std::string> cells) {
  std::string html = "<tr>";
  for (const std::string& cell : cells) html += cell;
  return html + "</tr>\n";
}

std::string number(std::uint64_t value) { return element("td", std::to_string(value), "n"); }

std::string code_cell(std::string_view text) { return "<td>" + element("code", text) + "</td>"; }

std::string_view class_of(Result result) {
  switch (result) {
    case Result::Clean:
      return "clean";
    case Result::Findings:
      return "error";
    case Result::Inconclusive:
      return "warning";
  }
  return "error";
}

std::string head(const Run& run) {
  std::string html =
      "<h1>sioscope: " + element("span", name(run.verdict.result), class_of(run.verdict.result)) +
      "</h1>\n";
  html +=
      element("p",
              verdict_line(run.verdict, Colours::Off).substr(name(run.verdict.result).size() + 2)) +
      "\n";
  html += element("p",
                  run.clock.iso8601(run.clock.started()) + " to " + run.clock.iso8601(run.ended) +
                      ", exit code " + std::to_string(run.verdict.own_exit),
                  "dim") +
          "\n";
  for (const Doubt doubt : run.verdict.doubts) html += element("p", advice(doubt), "advice") + "\n";
  if (run.verdict.child_exit.value_or(0) != 0)
    html += element("p",
                    "The command itself failed, with exit code " +
                        std::to_string(*run.verdict.child_exit) + ".",
                    "advice") +
            "\n";
  return html;
}

std::string timeline(const rules::Finding& finding, const WallClock& clock) {
  if (finding.evidence.empty()) return "";
  std::string html =
      "<div class=\"scroll\"><table>\n<tr><th>Time (UTC)</th><th>Direction</th><th>Session</th>"
      "<th>Seen</th><th>Note</th></tr>\n";
  for (const rules::Evidence& one : finding.evidence)
    html += row({element("td", clock.time_of_day(one.at), "t"),
                 element("td", direction_text(one.direction), "t"),
                 element("td", one.session == core::SessionId::None ? "" : label(one.session)),
                 code_cell(seen_text(one)), element("td", one.note)});
  return html + "</table></div>\n";
}

std::string who(const rules::Finding& finding) {
  std::string text = "At fault: " + std::string(fault_text(finding.fault)) + ". Session " +
                     label(finding.session.id) + ", sid " + finding.session.engine_sid;
  for (const rules::SocketRef& socket : finding.session.sockets)
    text += ", socket " + socket.id + " in " + socket.ns;
  if (finding.successor)
    text += "; then " + label(finding.successor->id) + ", sid " + finding.successor->engine_sid;
  return text + ".";
}

std::string finding_html(const Told& told, const WallClock& clock) {
  const rules::Finding& finding = told.finding;
  std::string html = told.fails ? "<details open>" : "<details>";
  html += "<summary>" + element("strong", rules::name(finding.severity), name(level_of(told))) +
          " " + element("code", finding.rule) + " " +
          element("span",
                  label(finding) + ", " + confidence_text(told) +
                      (finding.count > 1 ? ", x" + std::to_string(finding.count) : ""),
                  "dim") +
          "<br>" + escaped(finding.summary) + "</summary>\n<div>\n";
  if (finding.event)
    html += "<p>Event " + element("code", finding.event->event) + " in namespace " +
            element("code", finding.event->ns) + "</p>\n";
  html += timeline(finding, clock);
  if (!finding.remedy.empty())
    html += "<p><strong>What to do:</strong> " + escaped(finding.remedy) + "</p>\n";
  if (told.assessment.excuse() != Excuse::None)
    html += element("p", excuse_text(told.assessment), "advice") + "\n";
  return html + element("p", who(finding), "dim") + "\n</div></details>\n";
}

std::string findings_html(const Run& run) {
  std::string html = "<h2>Findings</h2>\n";
  if (run.findings_total == 0) return html + "<p>Nothing found.</p>\n";
  for (const Told& told : run.findings) html += finding_html(told, run.clock);
  if (run.findings.size() < run.findings_total)
    html += element("p", counted(run.findings_total - run.findings.size(), "finding more was",
                                 "findings more were") +
                             " only counted.") +
            "\n";
  return html;
}

std::string events_html(const Run& run) {
  const std::vector<rules::TopicCount> rows = events_to_show(run.verdict);
  if (rows.empty()) return "";
  std::string html =
      "<h2>Events on the wire</h2>\n<div "
      "class=\"scroll\"><table>\n<tr><th>Event</th><th>Direction</th>"
      "<th class=\"n\">Sent</th><th class=\"n\">To sessions</th><th class=\"n\">To each</th><th "
      "class=\"n\">Exactly once</th><th class=\"n\">Extra "
      "copies</th></tr>\n";
  for (const rules::TopicCount& one : rows)
    html += row({code_cell(event_label(one)), element("td", direction_text(one.direction)),
                 number(one.sent), number(one.sessions), element("td", each_text(one)),
                 number(one.once), number(one.extra)});
  html += "</table></div>\n";
  if (const std::string once = once_sentence(run.verdict); !once.empty())
    html += element("p", once) + "\n";
  return html;
}

std::string unobserved_html(const Run& run) {
  if (run.verdict.tally.unobserved.empty()) return "";
  std::string html = "<h2>Unobserved</h2>\n<ul>\n";
  for (const rules::UnobservedCount& one : run.verdict.tally.unobserved)
    html += element("li", unobserved_text(one)) + "\n";
  return html + "</ul>\n";
}

std::string rules_html(const Run& run) {
  std::string html =
      "<h2>Rules</h2>\n<div class=\"scroll\"><table>\n<tr><th>Rule</th><th>What it is</th><th "
      "class=\"n\">Findings</th>"
      "<th class=\"n\">Failing</th></tr>\n";
  for (const RuleRow& one : run.rules)
    html += row({code_cell(one.rule.id), element("td", one.rule.summary), number(one.findings),
                 number(one.failing)});
  return html + "</table></div>\n";
}

}  // namespace

std::string html(const Run& run) {
  return std::string(kHead) + head(run) + findings_html(run) + events_html(run) +
         unobserved_html(run) + rules_html(run) + "</body>\n</html>\n";
}

}  // namespace proxy::report
