#include "proxy/otlp/finding_log.hpp"

#include <nlohmann/json.hpp>

#include "proxy/report/record_json.hpp"

namespace proxy::otlp {
namespace {

using Json = nlohmann::ordered_json;

LogRecord::Severity severity_of(rules::Severity severity) noexcept {
  switch (severity) {
    case rules::Severity::Info:
      return LogRecord::Severity::Info;
    case rules::Severity::Warning:
      return LogRecord::Severity::Warning;
    case rules::Severity::Error:
      return LogRecord::Severity::Error;
  }
  return LogRecord::Severity::Error;
}

std::string transport_of(std::string_view transport) {
  return transport == "websocket" ? "web_sockets" : "long_polling";
}

void add_session(const rules::Finding& finding, const Json& record, Attributes& attributes) {
  if (finding.session.id == core::SessionId::None) return;
  const Json& session = record.at("session");
  attributes.emplace_back("session.id", session.at("sid").get<std::string>());
  attributes.emplace_back("sioscope.session", session.at("id").get<std::string>());
  attributes.emplace_back("socketio.transport", transport_of(finding.session.transport));
  attributes.emplace_back("socketio.engine.revision", std::int64_t{finding.session.eio});
  std::vector<std::string> sockets;
  for (const Json& socket : session.at("sockets"))
    sockets.push_back(socket.at("id").get<std::string>());
  if (!sockets.empty()) attributes.emplace_back("socketio.sockets", std::move(sockets));
  if (const Json& successor = record.at("successor"); successor.is_object()) {
    attributes.emplace_back("sioscope.successor", successor.at("id").get<std::string>());
    attributes.emplace_back("sioscope.successor.session.id",
                            successor.at("sid").get<std::string>());
  }
}

void add_subject(const rules::Finding& finding, Attributes& attributes) {
  if (finding.direction)
    attributes.emplace_back(
        "network.io.direction",
        std::string(*finding.direction == core::Direction::ToServer ? "receive" : "transmit"));
  if (!finding.event) return;
  attributes.emplace_back("messaging.destination.name", finding.event->ns);
  attributes.emplace_back("messaging.destination.template", finding.event->event);
}

LogRecord of_finding(const rules::Finding& finding, const Json& record) {
  LogRecord log;
  log.severity = severity_of(finding.severity);
  log.event = "sioscope.finding";
  log.body = record.at("summary").get<std::string>();
  Attributes& attributes = log.attributes;
  attributes.emplace_back("sioscope.finding.id", record.at("id").get<std::string>());
  for (const char* member : {"rule", "severity", "confidence", "fault", "remedy", "fingerprint"})
    attributes.emplace_back(std::string("sioscope.") + member,
                            record.at(member).get<std::string>());
  attributes.emplace_back("sioscope.count", static_cast<std::int64_t>(finding.count));
  if (finding.unproven) attributes.emplace_back("sioscope.unproven", true);
  if (const Json& client = record.at("client"); client.is_object()) {
    attributes.emplace_back("sioscope.client", client.at("id").get<std::string>());
    attributes.emplace_back("sioscope.client.grade", client.at("grade").get<std::string>());
  }
  attributes.emplace_back("messaging.system", std::string("socketio"));
  add_session(finding, record, attributes);
  add_subject(finding, attributes);
  std::vector<std::string> evidence;
  for (const Json& frame : record.at("evidence")) evidence.push_back(report::to_line(frame));
  attributes.emplace_back("sioscope.evidence", std::move(evidence));
  return log;
}

}  // namespace

LogRecord log_record(const rules::Record& record, const report::Assessment& assessment,
                     Time observed, const report::WallClock& clock,
                     const report::Redaction& redaction) {
  LogRecord log;
  if (const auto* const finding = std::get_if<rules::Finding>(&record)) {
    log = of_finding(*finding, report::to_json(*finding, assessment, clock, redaction));
    log.at = Time(finding->last_seen.time_since_epoch() + clock.to_epoch());
    if (assessment.excuse() != report::Excuse::None)
      log.attributes.emplace_back("sioscope.excuse", report::excuse_text(assessment));
  } else {
    const Json json = report::to_json(std::get<rules::Withdrawn>(record), redaction);
    log.event = "sioscope.finding.withdrawn";
    log.body = json.at("reason").get<std::string>();
    log.attributes.emplace_back("sioscope.finding.id", json.at("id").get<std::string>());
    log.attributes.emplace_back("messaging.system", std::string("socketio"));
    log.at = observed;
  }
  log.observed = observed;
  return log;
}

}  // namespace proxy::otlp
