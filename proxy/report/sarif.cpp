#include "proxy/report/sarif.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "proxy/report/paint.hpp"
#include "proxy/report/record_json.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kArtifact = "socket.io-traffic";

std::string_view level_name(rules::Severity severity) {
  return severity == rules::Severity::Info ? "note" : rules::name(severity);
}

/// A message in which nothing is a placeholder (braces stand for themselves when doubled) and
/// nothing is a link. Source: SARIF 2.1.0, 3.11.5 and 3.11.6.
Json message(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == '(' && safe.ends_with(']')) safe += ' ';
    if (c == '{' || c == '}') safe += c;
    safe += c;
  }
  return {{"text", safe}};
}

Json rule_json(const rules::Description& rule) {
  std::string help;
  const auto section = [&](std::string_view heading, std::string_view text) {
    if (!text.empty()) help.append(heading).append(": ").append(text) += ' ';
  };
  section("Proof", rule.proof);
  section("Silent when", rule.silent);
  section("What to do", rule.remedy);
  section("Source", rule.source);
  if (help.empty()) help = rule.summary;

  Json json = {{"id", rule.id}, {"shortDescription", message(rule.summary)}};
  if (!rule.why.empty()) json["fullDescription"] = message(rule.why);
  json["help"] = message(help);
  json["defaultConfiguration"] = {{"level", level_name(rule.severity)}};
  json["properties"] = {{"tags", Json::array({"socket.io", rule.id.substr(0, rule.id.find('/'))})}};
  return json;
}

Json place() {
  return {{"artifactLocation", {{"uri", kArtifact}, {"index", 0}}}, {"region", {{"startLine", 1}}}};
}

Json locations_of(const rules::Finding& finding) {
  Json location = {{"physicalLocation", place()}};
  if (finding.event)
    location["logicalLocations"] = Json::array(
        {{{"name", printable(finding.event->event)},
          {"fullyQualifiedName", printable(finding.event->ns + " " + finding.event->event)},
          {"kind", "event"}}});
  return Json::array({location});
}

/// The evidence, oldest first.
Json code_flow(const rules::Finding& finding, const WallClock& clock) {
  Json steps = Json::array();
  for (const rules::Evidence& one : finding.evidence) {
    std::string text(direction_text(one.direction));
    if (one.session != core::SessionId::None) text += ", " + label(one.session);
    text += ": " + seen_text(one);
    if (!one.note.empty()) text += " (" + one.note + ")";
    steps.push_back({{"location", {{"physicalLocation", place()}, {"message", message(text)}}},
                     {"executionTimeUtc", clock.iso8601(one.at)}});
  }
  return {{"threadFlows", Json::array({{{"locations", std::move(steps)}}})}};
}

Json result_json(const Run& run, const Told& told) {
  const rules::Finding& finding = told.finding;
  const std::string& print = told.assessment.fingerprint;
  Json json = {{"ruleId", finding.rule}};
  for (std::size_t i = 0; i < run.rules.size(); ++i)
    if (run.rules[i].rule.id == finding.rule) json["ruleIndex"] = i;
  json["level"] = name(level_of(told));
  json["message"] = message(finding.summary + " What to do: " + finding.remedy);
  json["locations"] = locations_of(finding);
  if (!finding.evidence.empty()) json["codeFlows"] = Json::array({code_flow(finding, run.clock)});
  // The first is the name that GitHub looks for; it adds which of equal lines is meant.
  json["partialFingerprints"] = {{"primaryLocationLineHash", print + ":1"}, {"sioscope/v1", print}};
  switch (told.assessment.novelty) {
    case Novelty::NoBaseline:
      break;
    case Novelty::New:
      json["baselineState"] = "new";
      break;
    case Novelty::Known:
      json["baselineState"] = "unchanged";
      break;
  }
  if (told.assessment.ignored)
    json["suppressions"] =
        Json::array({{{"kind", "external"},
                      {"status", "accepted"},
                      {"justification", printable(excuse_text(told.assessment))}}});
  json["occurrenceCount"] = std::max<std::uint64_t>(finding.count, 1);
  json["properties"] = {{"id", label(finding)},
                        {"confidence", rules::name(finding.confidence)},
                        {"unproven", finding.unproven},
                        {"fault", rules::name(finding.fault)},
                        {"session", label(finding.session.id)},
                        {"sid", finding.session.engine_sid},
                        {"fails", told.fails}};
  return json;
}

Json invocation_json(const Run& run) {
  Json notifications = Json::array();
  for (const Doubt doubt : run.verdict.doubts)
    notifications.push_back({{"level", "warning"}, {"message", message(advice(doubt))}});
  const bool failed =
      std::any_of(run.verdict.doubts.begin(), run.verdict.doubts.end(), [](Doubt doubt) {
        return doubt == Doubt::FindingsNotKept || doubt == Doubt::ReportNotWritten;
      });
  return {{"executionSuccessful", !failed},
          {"exitCode", run.verdict.own_exit},
          {"startTimeUtc", run.clock.iso8601(run.clock.started())},
          {"endTimeUtc", run.clock.iso8601(run.ended)},
          {"toolExecutionNotifications", std::move(notifications)}};
}

}  // namespace

std::string sarif(const Run& run) {
  Json rules = Json::array();
  for (const RuleRow& row : run.rules) rules.push_back(rule_json(row.rule));
  Json results = Json::array();
  for (const Told& told : run.findings) results.push_back(result_json(run, told));

  Json json = {
      {"tool",
       {{"driver",
         {{"name", "sioscope"}, {"semanticVersion", SIOSCOPE_VERSION}, {"rules", rules}}}}},
      {"invocations", Json::array({invocation_json(run)})},
      {"artifacts",
       Json::array(
           {{{"location", {{"uri", kArtifact}}},
             {"description",
              {{"text", "The Socket.IO traffic that was watched: there is no such file."}}}}})},
      {"results", std::move(results)}};
  if (run.sids == Redaction::Mode::Shorten) json["redactionTokens"] = Json::array({"…"});
  json["properties"] = {{"verdict", to_json(run.verdict)}};
  return to_pages({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                   {"version", "2.1.0"},
                   {"runs", Json::array({std::move(json)})}});
}

}  // namespace proxy::report
