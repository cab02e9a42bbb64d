#include "proxy/otlp/documents.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "proxy/otlp/finding_log.hpp"
#include "tests/proxy/report/sample.hpp"

using namespace std::chrono_literals;
using nlohmann::json;
using proxy::otlp::LogRecord;
using proxy::otlp::Time;
using rules::Traffic;

namespace {

const proxy::report::Assessment kAssessment{"f00", std::nullopt,
                                            proxy::report::Novelty::NoBaseline};
const proxy::otlp::Texts kResource{{"service.name", "chat"}};

json metrics_of(const proxy::admin::Numbers& numbers) {
  return json::parse(
      proxy::otlp::metrics_document(kResource, numbers, Time(5s), Time(1'700'000'000s)));
}

json metric(const json& document, const std::string& name) {
  for (const json& one : document["resourceMetrics"][0]["scopeMetrics"][0]["metrics"])
    if (one["name"] == name) return one;
  FAIL("no metric " << name);
  return {};
}

/// The attributes of a point or record, flat.
json attributes_of(const json& holder) {
  json flat = json::object();
  for (const json& one : holder["attributes"]) flat[one["key"].get<std::string>()] = one["value"];
  return flat;
}

json point(const json& points, const json& attributes) {
  for (const json& one : points) {
    bool same = true;
    for (const auto& [key, value] : attributes.items())
      same &= attributes_of(one)[key] == json{{"stringValue", value}};
    if (same) return one;
  }
  FAIL("no point " << attributes.dump());
  return {};
}

json log_of(const LogRecord& record) {
  const json document = json::parse(proxy::otlp::logs_document(kResource, std::span(&record, 1)));
  CHECK(document["resourceLogs"][0]["resource"]["attributes"] ==
        json::parse(R"([{"key":"service.name","value":{"stringValue":"chat"}}])"));
  CHECK(document["resourceLogs"][0]["scopeLogs"][0]["scope"]["name"] == "sioscope");
  return document["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
}

}  // namespace

TEST_CASE(
    "otlp metrics: every name has its kind, unit and points, as the JSON mapping writes them") {
  proxy::admin::Numbers numbers;
  numbers.live = {.polling = 1, .websocket = 4, .orphans = 2};
  numbers.bytes_to_server = 7;
  numbers.traffic.packets[static_cast<std::size_t>(Traffic::Packet::Ack)] = {16, 17};
  numbers.findings["leak/orphan-after-parse-error"] = {.raised = 3, .withdrawn = 0};
  numbers.exported = {{"logs", 1, 2, 3}};
  const json document = metrics_of(numbers);

  CHECK(document["resourceMetrics"][0]["resource"]["attributes"] ==
        json::parse(R"([{"key":"service.name","value":{"stringValue":"chat"}}])"));
  const json active = metric(document, "socketio.server.active_connections");
  CHECK(active["unit"] == "{connection}");
  CHECK(active["sum"]["isMonotonic"] == false);
  CHECK(active["sum"]["aggregationTemporality"] == 2);
  const json on_websocket =
      point(active["sum"]["dataPoints"], {{"socketio.transport", "web_sockets"}});
  CHECK(on_websocket["asInt"] == "4");
  CHECK(on_websocket["startTimeUnixNano"] == "5000000000");
  CHECK(on_websocket["timeUnixNano"] == "1700000000000000000");

  const json packets = metric(document, "socketio.server.packets");
  CHECK(packets["sum"]["isMonotonic"] == true);
  CHECK(point(packets["sum"]["dataPoints"], {{"network.io.direction", "transmit"},
                                             {"socketio.packet.type", "ack"}})["asInt"] == "17");
  CHECK(point(metric(document, "socketio.server.network.io")["sum"]["dataPoints"],
              {{"network.io.direction", "receive"}})["asInt"] == "7");
  CHECK(metric(document, "sioscope.orphans")["sum"]["dataPoints"][0]["asInt"] == "2");
  CHECK(point(metric(document, "sioscope.findings")["sum"]["dataPoints"],
              {{"sioscope.rule", "leak/orphan-after-parse-error"},
               {"sioscope.severity", "error"}})["asInt"] == "3");
  CHECK(point(metric(document, "sioscope.export.dropped")["sum"]["dataPoints"],
              {{"sioscope.signal", "logs"}})["asInt"] == "3");
}

TEST_CASE("otlp metrics: several upstreams are told apart, a single one is nothing to tell") {
  proxy::admin::Numbers numbers;
  CHECK(proxy::otlp::metrics_document(kResource, numbers, Time(5s), Time(6s)).find("upstream") ==
        std::string::npos);
  numbers.upstreams = {{"app-1:3000", true, 5, 0}, {"app-2:3000", false, 6, 2}};
  const json document = metrics_of(numbers);
  const auto value = [&](const char* name, const char* upstream) {
    return point(metric(document, name)["sum"]["dataPoints"],
                 {{"sioscope.upstream", upstream}})["asInt"];
  };
  CHECK(value("sioscope.upstream.up", "app-1:3000") == "1");
  CHECK(value("sioscope.upstream.up", "app-2:3000") == "0");
  CHECK(value("sioscope.upstream.connections", "app-1:3000") == "5");
  CHECK(value("sioscope.upstream.connect_failures", "app-2:3000") == "2");
}

TEST_CASE("otlp metrics: durations are one histogram for each status and transport") {
  proxy::admin::Numbers numbers;
  const auto add = [&](Traffic::Outcome outcome, std::size_t transport, core::Duration took) {
    numbers.traffic.sessions[static_cast<std::size_t>(outcome)][transport].add(took,
                                                                               Traffic::kDurations);
  };
  add(Traffic::Outcome::ClientClose, 1, 1500ms);
  add(Traffic::Outcome::ServerClose, 1, 3h);
  add(Traffic::Outcome::Silence, 0, 45s);
  const json durations = metric(metrics_of(numbers), "socketio.server.connection.duration");
  CHECK(durations["unit"] == "s");
  CHECK(durations["histogram"]["aggregationTemporality"] == 2);
  const json closed = point(
      durations["histogram"]["dataPoints"],
      {{"socketio.connection.status", "normal_closure"}, {"socketio.transport", "web_sockets"}});
  CHECK(closed["count"] == "2");
  CHECK(closed["sum"] == 10801.5);
  const json& bounds = closed["explicitBounds"];
  const json& counts = closed["bucketCounts"];
  REQUIRE(counts.size() == bounds.size() + 1);
  CHECK(bounds.front() == 0.01);
  CHECK(bounds[7] == 2.0);
  CHECK(counts[7] == "1");
  CHECK(counts.back() == "1");
  CHECK(point(durations["histogram"]["dataPoints"],
              {{"socketio.connection.status", "timeout"},
               {"socketio.transport", "long_polling"}})["count"] == "1");
}

TEST_CASE("otlp logs: a finding is a record with its own names, and no secret") {
  rules::Finding finding = tests::orphan();
  finding.event = rules::EventName{"/chat", "news"};
  const LogRecord record =
      proxy::otlp::log_record(finding, kAssessment, Time(1'800'000'000s), tests::kClock,
                              proxy::report::Redaction(proxy::report::Redaction::Mode::Shorten));
  const json log = log_of(record);
  CHECK(log["severityNumber"] == 17);
  CHECK(log["severityText"] == "ERROR");
  CHECK(log["eventName"] == "sioscope.finding");
  CHECK(log["body"] == json{{"stringValue", "The client came back and left its session open."}});
  CHECK(log["timeUnixNano"] == "1767225601281000000");
  CHECK(log["observedTimeUnixNano"] == "1800000000000000000");
  const json attributes = attributes_of(log);
  const auto text = [&](const char* key) { return attributes.at(key).at("stringValue"); };
  CHECK(text("sioscope.finding.id") == "f-1");
  CHECK(text("sioscope.rule") == "leak/orphan-after-parse-error");
  CHECK(text("sioscope.confidence") == "certain");
  CHECK(text("sioscope.fingerprint") == "f00");
  CHECK(text("session.id") == "Zk3vQm…");
  CHECK(text("sioscope.successor.session.id") == "9fQ2aa…");
  CHECK(text("messaging.system") == "socketio");
  CHECK(text("messaging.destination.name") == "/chat");
  CHECK(text("messaging.destination.template") == "news");
  CHECK(text("network.io.direction") == "transmit");
  CHECK(attributes["sioscope.count"] == json{{"intValue", "1"}});
  const json& evidence = attributes["sioscope.evidence"]["arrayValue"]["values"];
  REQUIRE(evidence.size() == 2);
  CHECK(json::parse(evidence[0]["stringValue"].get<std::string>())["packet"] == "42[null,null]");
  CHECK(log.dump().find(tests::kOrphanSid) == std::string::npos);
}

TEST_CASE("otlp logs: a withdrawal says whose") {
  const json log = log_of(proxy::otlp::log_record(
      rules::Withdrawn{7, "the session spoke again"}, {}, Time(1s), tests::kClock,
      proxy::report::Redaction(proxy::report::Redaction::Mode::Shorten)));
  CHECK(log["eventName"] == "sioscope.finding.withdrawn");
  CHECK(log["body"]["stringValue"] == "the session spoke again");
  CHECK(log["severityNumber"] == 9);
  CHECK(attributes_of(log)["sioscope.finding.id"]["stringValue"] == "f-7");
}

TEST_CASE("otlp logs: bytes that are no UTF-8 do not spoil the document") {
  rules::Finding finding = tests::orphan();
  finding.summary = "\xff\xfe";
  const json log = log_of(
      proxy::otlp::log_record(finding, {}, Time(1s), tests::kClock,
                              proxy::report::Redaction(proxy::report::Redaction::Mode::Shorten)));
  CHECK(log["body"]["stringValue"] == "\uFFFD\uFFFD");
}

TEST_CASE("otlp: an answer may take a part only") {
  using proxy::otlp::read_answer;
  CHECK(read_answer("{}").rejected == 0);
  CHECK(read_answer("").rejected == 0);
  CHECK(read_answer("<html>").rejected == 0);
  const auto partial =
      read_answer(R"({"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too long"}})");
  CHECK(partial.rejected == 3);
  CHECK(partial.message == "too long");
  CHECK(read_answer(R"({"partialSuccess":{"rejectedDataPoints":2}})").rejected == 2);
}
