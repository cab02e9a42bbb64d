#include "proxy/report/record_json.hpp"

#include <nlohmann/json.hpp>

namespace proxy::report {
namespace {

using Json = nlohmann::ordered_json;

template <class Id>
std::string label(std::string_view letter, Id id) {
  return std::string(letter) + "-" + std::to_string(static_cast<std::uint32_t>(id));
}

std::string_view direction_name(core::Direction direction) {
  return direction == core::Direction::ToClient ? "to_client" : "to_server";
}

/// null stands for what is absent.
template <class Text>
Json or_null(bool present, Text&& text) {
  return present ? Json(std::forward<Text>(text)) : Json(nullptr);
}

Json session_json(const rules::SessionRef& session) {
  Json sockets = Json::array();
  for (const rules::SocketRef& socket : session.sockets)
    sockets.push_back({{"nsp", socket.ns}, {"id", socket.id}});
  return {{"id", label("s", session.id)},
          {"sid", session.engine_sid},
          {"sockets", std::move(sockets)},
          {"transport", session.transport},
          {"eio", session.eio}};
}

Json successor_json(const std::optional<rules::SessionRef>& successor) {
  if (!successor) return nullptr;
  return {{"id", label("s", successor->id)}, {"sid", successor->engine_sid}};
}

Json evidence_json(const rules::Evidence& evidence, const WallClock& clock) {
  Json json = {
      {"at", clock.iso8601(evidence.at)},
      {"direction", direction_name(evidence.direction)},
      {"session", or_null(evidence.session != core::SessionId::None, label("s", evidence.session))},
      {"what", rules::name(evidence.what)}};
  if (!evidence.packet.empty()) json["packet"] = evidence.packet;
  if (evidence.truncated) json["truncated"] = true;
  if (!evidence.note.empty()) json["note"] = evidence.note;
  return json;
}

}  // namespace

Json to_json(const rules::Finding& whole, const Assessment& assessment, const WallClock& clock,
             const Redaction& redaction) {
  const rules::Finding finding = redaction.finding(whole);
  Json evidence = Json::array();
  for (const rules::Evidence& one : finding.evidence) evidence.push_back(evidence_json(one, clock));

  Json json = {{"type", "finding"},
               {"id", "f-" + std::to_string(finding.number)},
               {"fingerprint", assessment.fingerprint},
               {"rule", finding.rule},
               {"severity", rules::name(finding.severity)},
               {"confidence", rules::name(finding.confidence)}};
  if (finding.unproven) json["unproven"] = true;
  if (assessment.ignored)
    json["ignored"] = {{"reason", assessment.ignored->reason},
                       {"expires", date_text(assessment.ignored->expires)}};
  if (assessment.novelty == Novelty::Known) json["baseline"] = "known";
  if (finding.client == core::ClientId::None)
    json["client"] = nullptr;
  else
    json["client"] = {{"id", label("c", finding.client)}, {"grade", rules::name(finding.grade)}};
  json["session"] = session_json(finding.session);
  json["successor"] = successor_json(finding.successor);
  json["direction"] =
      or_null(finding.direction.has_value(),
              direction_name(finding.direction.value_or(core::Direction::ToClient)));
  if (finding.event) json["nsp"] = finding.event->ns;
  json["event"] = finding.event ? Json(finding.event->event) : Json(nullptr);
  json["count"] = finding.count;
  json["first_seen"] = clock.iso8601(finding.first_seen);
  json["last_seen"] = clock.iso8601(finding.last_seen);
  json["fault"] = rules::name(finding.fault);
  json["summary"] = finding.summary;
  json["remedy"] = finding.remedy;
  json["evidence"] = std::move(evidence);
  return json;
}

Json to_json(const rules::Withdrawn& withdrawn, const Redaction& redaction) {
  return {{"type", "withdrawn"},
          {"id", "f-" + std::to_string(withdrawn.number)},
          {"reason", redaction.text(withdrawn.reason, {})}};
}

Json to_json(const Verdict& verdict) {
  const rules::Tally& tally = verdict.tally;
  Json events = Json::array();
  for (const rules::TopicCount& topic : tally.topics)
    events.push_back({{"nsp", or_null(!topic.name.ns.empty(), topic.name.ns)},  // `other` has none
                      {"event", topic.name.event},
                      {"direction", direction_name(topic.direction)},
                      {"sent", topic.sent},
                      {"extra", topic.extra}});
  Json unobserved = Json::array();
  for (const rules::UnobservedCount& row : tally.unobserved) {
    Json json = {{"reason", core::unobserved_name(row.reason)},
                 {"sessions", row.sessions},
                 {"count", row.count}};
    if (row.first)
      json["first"] = {{"direction", direction_name(row.first->direction)},
                       {"offset", row.first->offset_bytes},
                       {"why", row.first->why}};
    unobserved.push_back(std::move(json));
  }

  const auto count = [&](rules::Severity severity) {
    return tally.findings[static_cast<std::size_t>(severity)];
  };
  return {{"type", "verdict"},
          {"result", name(verdict.result)},
          {"sessions", tally.sessions},
          {"deliveries", tally.deliveries},
          {"findings",
           {{"error", count(rules::Severity::Error)},
            {"warning", count(rules::Severity::Warning)},
            {"info", count(rules::Severity::Info)}}},
          {"ignored", verdict.ignored},
          {"known", verdict.known},
          {"events", std::move(events)},
          {"unobserved", std::move(unobserved)},
          {"child_exit", verdict.child_exit ? Json(*verdict.child_exit) : Json(nullptr)},
          {"own_exit", verdict.own_exit}};
}

std::string to_line(const Json& record) {
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_pages(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace proxy::report
