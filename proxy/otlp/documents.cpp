#include "proxy/otlp/documents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rules/registry.hpp"

namespace proxy::otlp {
namespace {

using Json = nlohmann::ordered_json;
using core::Direction;
using rules::Traffic;

constexpr int kCumulative = 2;  ///< AGGREGATION_TEMPORALITY_CUMULATIVE

std::string nanoseconds(Time time) { return std::to_string(time.time_since_epoch().count()); }

Json json_of(const Value& value) {
  struct Visitor {
    Json operator()(const std::string& text) const { return {{"stringValue", text}}; }
    Json operator()(std::int64_t number) const { return {{"intValue", std::to_string(number)}}; }
    Json operator()(bool truth) const { return {{"boolValue", truth}}; }
    Json operator()(const std::vector<std::string>& texts) const {
      Json values = Json::array();
      for (const std::string& text : texts) values.push_back({{"stringValue", text}});
      return {{"arrayValue", {{"values", std::move(values)}}}};
    }
  };
  return std::visit(Visitor{}, value);
}

Json json_of(const Attributes& attributes) {
  Json list = Json::array();
  for (const auto& [key, value] : attributes)
    list.push_back({{"key", key}, {"value", json_of(value)}});
  return list;
}

Json json_of(const Texts& resource) {
  Json list = Json::array();
  for (const auto& [key, value] : resource)
    list.push_back({{"key", key}, {"value", {{"stringValue", value}}}});
  return {{"attributes", std::move(list)}};
}

Json scope() { return {{"name", "sioscope"}, {"version", SIOSCOPE_VERSION}}; }

std::string text_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double seconds(core::Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// The metrics of one document.
class Metrics {
 public:
  Metrics(Time started, Time now) : started_(nanoseconds(started)), now_(nanoseconds(now)) {}

  enum class Kind : std::uint8_t { Counter, UpDownCounter };
  /// The points of one sum; the first makes the metric.
  class Sum {
   public:
    Sum(Metrics& all, Kind kind, const char* name, const char* unit, const char* description)
        : all_(all) {
      metric_ = {{"name", name}, {"description", description}, {"unit", unit}};
      metric_["sum"] = {{"aggregationTemporality", kCumulative},
                        {"isMonotonic", kind == Kind::Counter}};
    }
    Sum& add(const Attributes& attributes, std::uint64_t value) {
      points_.push_back({{"attributes", json_of(attributes)},
                         {"startTimeUnixNano", all_.started_},
                         {"timeUnixNano", all_.now_},
                         {"asInt", std::to_string(value)}});
      return *this;
    }
    Sum(const Sum&) = delete;
    Sum& operator=(const Sum&) = delete;
    ~Sum() {
      metric_["sum"]["dataPoints"] = std::move(points_);
      all_.metrics_.push_back(std::move(metric_));
    }

   private:
    Metrics& all_;
    Json metric_;
    Json points_ = Json::array();
  };
  [[nodiscard]] Sum counter(const char* name, const char* unit, const char* description) {
    return {*this, Kind::Counter, name, unit, description};
  }
  [[nodiscard]] Sum level(const char* name, const char* unit, const char* description) {
    return {*this, Kind::UpDownCounter, name, unit, description};
  }

  template <std::size_t kBounds>
  [[nodiscard]] Json point(const Attributes& attributes, const rules::Histogram<kBounds>& histogram,
                           const typename rules::Histogram<kBounds>::Bounds& bounds) const {
    Json counts = Json::array(), limits = Json::array();
    for (const std::uint64_t count : histogram.counts) counts.push_back(std::to_string(count));
    for (const core::Duration bound : bounds) limits.push_back(seconds(bound));
    return {{"attributes", json_of(attributes)},
            {"startTimeUnixNano", started_},
            {"timeUnixNano", now_},
            {"count", std::to_string(histogram.count())},
            {"sum", seconds(histogram.sum)},
            {"bucketCounts", std::move(counts)},
            {"explicitBounds", std::move(limits)}};
  }
  void histogram(const char* name, const char* description, Json points) {
    metrics_.push_back(
        {{"name", name},
         {"description", description},
         {"unit", "s"},
         {"histogram",
          {{"aggregationTemporality", kCumulative}, {"dataPoints", std::move(points)}}}});
  }
  [[nodiscard]] Json take() { return std::move(metrics_); }

 private:
  std::string started_, now_;
  Json metrics_ = Json::array();
};

/// SignalR's words for how a connection ended, and one for what breaks.
std::string status_of(Traffic::Outcome outcome) {
  switch (outcome) {
    case Traffic::Outcome::ClientClose:
    case Traffic::Outcome::ServerClose:
      return "normal_closure";
    case Traffic::Outcome::HeartbeatTimeout:
    case Traffic::Outcome::Silence:
      return "timeout";
    case Traffic::Outcome::ClientGone:
    case Traffic::Outcome::ServerGone:
    case Traffic::Outcome::UnknownToServer:
      return "connection_lost";
  }
  return "connection_lost";
}

constexpr const char* kTransports[] = {"long_polling", "web_sockets"};
constexpr Direction kDirections[] = {Direction::ToServer, Direction::ToClient};

/// As the server sees it, whose metrics these are.
Attributes io(Direction direction) {
  return {{"network.io.direction",
           std::string(direction == Direction::ToServer ? "receive" : "transmit")}};
}

void add_durations(const Traffic& traffic, Metrics& metrics) {
  Json points = Json::array();
  for (const std::string status : {"normal_closure", "timeout", "connection_lost"})
    for (std::size_t transport = 0; transport < 2; ++transport) {
      Traffic::Durations sum;
      for (std::size_t i = 0; i < traffic.sessions.size(); ++i)
        if (status_of(static_cast<Traffic::Outcome>(i)) == status)
          sum.add(traffic.sessions[i][transport]);
      points.push_back(metrics.point({{"socketio.connection.status", status},
                                      {"socketio.transport", std::string(kTransports[transport])}},
                                     sum, Traffic::kDurations));
    }
  metrics.histogram("socketio.server.connection.duration",
                    "The duration of sessions that ended, as Engine.IO counts them.",
                    std::move(points));
}

void add_traffic(const admin::Numbers& numbers, Metrics& metrics) {
  const Traffic& traffic = numbers.traffic;
  metrics.level("socketio.server.active_connections", "{connection}", "Sessions that are open.")
      .add({{"socketio.transport", std::string(kTransports[0])}}, numbers.live.polling)
      .add({{"socketio.transport", std::string(kTransports[1])}}, numbers.live.websocket);
  add_durations(traffic, metrics);
  metrics.counter("socketio.server.network.io", "By", "Bytes forwarded.")
      .add(io(Direction::ToServer), numbers.bytes_to_server)
      .add(io(Direction::ToClient), numbers.bytes_to_client);
  {
    auto packets = metrics.counter("socketio.server.packets", "{packet}",
                                   "Packets of the sessions that are followed.");
    for (const Direction direction : kDirections)
      for (std::size_t i = 0; i < traffic.packets.size(); ++i) {
        Attributes attributes = io(direction);
        attributes.emplace_back("socketio.packet.type",
                                std::string(name(static_cast<Traffic::Packet>(i))));
        packets.add(attributes, traffic.packets[i][core::index_of(direction)]);
      }
  }
  Json acks = Json::array();
  for (const Direction direction : kDirections)
    acks.push_back(
        metrics.point(io(direction), traffic.acks[core::index_of(direction)], Traffic::kLatencies));
  metrics.histogram("socketio.server.ack.duration",
                    "From an event that asks for an acknowledgement to it, by the event's "
                    "direction.",
                    std::move(acks));
  {
    auto errors = metrics.counter("socketio.server.handshake.errors", "{error}",
                                  "Requests refused, and handshakes that did not come about.");
    for (std::size_t i = 0; i < traffic.refusals.size(); ++i)
      errors.add({{"error.type", std::string(name(static_cast<Traffic::Refusal>(i)))}},
                 traffic.refusals[i]);
  }
  auto upgrades = metrics.counter("socketio.server.upgrades", "{upgrade}",
                                  "Attempts to change from polling to WebSocket.");
  for (std::size_t i = 0; i < traffic.upgrades.size(); ++i)
    upgrades.add({{"socketio.upgrade.result", std::string(name(static_cast<Traffic::Upgrade>(i)))}},
                 traffic.upgrades[i]);
}

/// Where there are several: their names are what the operator wrote, nothing from the wire.
void add_upstreams(const std::vector<net::Balance::Standing>& standings, Metrics& metrics) {
  if (standings.empty()) return;
  auto up = metrics.level("sioscope.upstream.up", "1", "1, or 0 while it is passed over.");
  auto connections = metrics.counter("sioscope.upstream.connections", "{connection}",
                                     "Client connections given to an upstream.");
  auto failures = metrics.counter("sioscope.upstream.connect_failures", "{attempt}",
                                  "Attempts to connect to an upstream that failed.");
  for (const net::Balance::Standing& one : standings) {
    const Attributes labels{{"sioscope.upstream", one.name}};
    up.add(labels, one.up ? 1 : 0);
    connections.add(labels, one.connections);
    failures.add(labels, one.failures);
  }
}

void add_findings(const admin::Numbers& numbers, Metrics& metrics) {
  metrics.level("sioscope.orphans", "{session}", "Leaked sessions that are still open.")
      .add({}, numbers.live.orphans);
  {
    auto findings =
        metrics.counter("sioscope.findings", "{finding}", "Findings, also those withdrawn later.");
    for (const rules::Description& rule : rules::registry()) {
      const auto found = numbers.findings.find(rule.id);
      findings.add({{"sioscope.rule", std::string(rule.id)},
                    {"sioscope.severity", std::string(rules::name(rule.severity))}},
                   found == numbers.findings.end() ? 0 : found->second.raised);
    }
  }
  {
    auto unobserved = metrics.counter("sioscope.unobserved", "{occurrence}",
                                      "Socket.IO traffic forwarded without being decoded.");
    for (std::size_t i = 0; i <= static_cast<std::size_t>(core::kLastLiveUnobserved); ++i) {
      const auto reason = static_cast<core::Unobserved>(i);
      const auto& rows = numbers.tally.unobserved;
      const auto row = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& one) { return one.reason == reason; });
      unobserved.add({{"sioscope.reason", std::string(core::unobserved_name(reason))}},
                     row == rows.end() ? 0 : row->count);
    }
  }
  auto dropped = metrics.counter("sioscope.export.dropped", "{record}",
                                 "Records that the collector will never get.");
  for (const admin::Numbers::Exported& one : numbers.exported)
    dropped.add({{"sioscope.signal", std::string(one.signal)}}, one.dropped);
}

}  // namespace

std::string metrics_document(const Texts& resource, const admin::Numbers& numbers, Time started,
                             Time now) {
  Metrics metrics(started, now);
  add_traffic(numbers, metrics);
  add_upstreams(numbers.upstreams, metrics);
  add_findings(numbers, metrics);
  Json scoped = {{"scope", scope()}, {"metrics", metrics.take()}};
  Json of_resource = {{"resource", json_of(resource)},
                      {"scopeMetrics", Json::array({std::move(scoped)})}};
  return text_of({{"resourceMetrics", Json::array({std::move(of_resource)})}});
}

std::string logs_document(const Texts& resource, std::span<const LogRecord> records) {
  Json list = Json::array();
  for (const LogRecord& record : records) {
    const bool error = record.severity == LogRecord::Severity::Error;
    const bool info = record.severity == LogRecord::Severity::Info;
    list.push_back({{"timeUnixNano", nanoseconds(record.at)},
                    {"observedTimeUnixNano", nanoseconds(record.observed)},
                    {"severityNumber", static_cast<int>(record.severity)},
                    {"severityText", error  ? "ERROR"
                                     : info ? "INFO"
                                            : "WARN"},
                    {"eventName", record.event},
                    {"body", {{"stringValue", record.body}}},
                    {"attributes", json_of(record.attributes)}});
  }
  Json scoped = {{"scope", scope()}, {"logRecords", std::move(list)}};
  Json of_resource = {{"resource", json_of(resource)},
                      {"scopeLogs", Json::array({std::move(scoped)})}};
  return text_of({{"resourceLogs", Json::array({std::move(of_resource)})}});
}

PartialSuccess read_answer(const std::string& body) {
  PartialSuccess partial;
  const Json answer = Json::parse(body, nullptr, false);
  if (!answer.is_object()) return partial;
  const auto found = answer.find("partialSuccess");
  if (found == answer.end() || !found->is_object()) return partial;
  for (const char* name : {"rejectedLogRecords", "rejectedDataPoints"}) {
    const auto count = found->find(name);
    if (count == found->end()) continue;
    if (count->is_number_unsigned())
      partial.rejected = count->get<std::uint64_t>();
    else if (count->is_string())
      partial.rejected = std::strtoull(count->get_ref<const std::string&>().c_str(), nullptr, 10);
  }
  if (const auto message = found->find("errorMessage");
      message != found->end() && message->is_string())
    partial.message = message->get<std::string>();
  return partial;
}

}  // namespace proxy::otlp
