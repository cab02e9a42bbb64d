#include "proxy/admin/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "rules/registry.hpp"

namespace proxy::admin {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<prometheus::ClientMetric::Label>;

double seconds(core::Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// One family. Values are added with their labels.
class Family {
 public:
  Family(std::string name, std::string help, MetricType type) {
    family_.name = std::move(name);
    family_.help = std::move(help);
    family_.type = type;
  }

  Family& add(Labels labels, double value) & {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;  // Which of the two is read depends on the type.
    metric.gauge.value = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  Family&& add(Labels labels, std::uint64_t value) && {
    return std::move(add(std::move(labels), static_cast<double>(value)));
  }
  Family& add(Labels labels, std::uint64_t value) & {
    return add(std::move(labels), static_cast<double>(value));
  }
  template <std::size_t kBounds>
  Family& add(Labels labels, const rules::Histogram<kBounds>& histogram,
              const typename rules::Histogram<kBounds>::Bounds& bounds) & {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.histogram.sample_count = histogram.count();
    metric.histogram.sample_sum = seconds(histogram.sum);
    std::uint64_t up_to = 0;
    for (std::size_t i = 0; i < kBounds; ++i) {
      up_to += histogram.counts[i];
      metric.histogram.bucket.push_back({up_to, seconds(bounds[i])});
    }
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  [[nodiscard]] MetricFamily take() && { return std::move(family_); }

 private:
  MetricFamily family_;
};

Family counter(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Counter};
}
Family gauge(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Gauge};
}

Family histogram(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Histogram};
}

constexpr core::Direction kDirections[] = {core::Direction::ToServer, core::Direction::ToClient};

prometheus::ClientMetric::Label label_of(core::Direction direction) {
  return {"direction", direction == core::Direction::ToServer ? "upstream" : "downstream"};
}

/// Counts that stand in the order of an enum, under the names of its values.
template <class Enum, std::size_t kSize>
MetricFamily by_name(Family family, const std::string& label,
                     const std::array<std::uint64_t, kSize>& counts) {
  for (std::size_t i = 0; i < kSize; ++i)
    family.add({{label, std::string(name(static_cast<Enum>(i)))}}, counts[i]);
  return std::move(family).take();
}

/// Every rule has its line from the start, at 0: an alert on a first finding needs something to
/// rise from.
MetricFamily findings(const std::map<std::string_view, report::Ledger::RuleCount>& counts) {
  Family family =
      counter("sioscope_findings_total", "Findings raised, also those withdrawn later.");
  for (const rules::Description& rule : rules::registry()) {
    const auto found = counts.find(rule.id);
    family.add(
        {{"rule", std::string(rule.id)}, {"severity", std::string(rules::name(rule.severity))}},
        found == counts.end() ? 0.0 : static_cast<double>(found->second.raised));
  }
  return std::move(family).take();
}

MetricFamily withdrawn(const std::map<std::string_view, report::Ledger::RuleCount>& counts) {
  Family family =
      counter("sioscope_findings_withdrawn_total", "Findings that later evidence refuted.");
  for (const rules::Description& rule : rules::registry()) {
    const auto found = counts.find(rule.id);
    family.add({{"rule", std::string(rule.id)}},
               found == counts.end() ? 0.0 : static_cast<double>(found->second.withdrawn));
  }
  return std::move(family).take();
}

MetricFamily dropped(const std::vector<rules::UnobservedCount>& rows) {
  Family family = counter("sioscope_capture_dropped_total",
                          "Socket.IO traffic forwarded without being decoded.");
  for (std::size_t i = 0; i <= static_cast<std::size_t>(core::kLastLiveUnobserved); ++i) {
    const auto reason = static_cast<core::Unobserved>(i);
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const auto& one) { return one.reason == reason; });
    family.add({{"reason", std::string(core::unobserved_name(reason))}},
               row == rows.end() ? 0 : row->count);
  }
  return std::move(family).take();
}

MetricFamily packets(const rules::Traffic& traffic) {
  using Packet = rules::Traffic::Packet;
  Family family = counter("sioscope_packets_total", "Packets of the sessions that are followed.");
  for (const core::Direction direction : kDirections)
    for (std::size_t i = 0; i < traffic.packets.size(); ++i)
      family.add({label_of(direction), {"type", std::string(name(static_cast<Packet>(i)))}},
                 traffic.packets[i][core::index_of(direction)]);
  return std::move(family).take();
}

void upstreams(const std::vector<net::Balance::Standing>& standings,
               std::vector<MetricFamily>& families) {
  Family up = gauge("sioscope_upstream_up", "1, or 0 while it is passed over.");
  Family connections =
      counter("sioscope_upstream_connections_total", "Client connections given to an upstream.");
  Family failures = counter("sioscope_upstream_connect_failures_total",
                            "Attempts to connect to an upstream that failed.");
  for (const net::Balance::Standing& one : standings) {
    const Labels labels{{"upstream", one.name}};
    up.add(labels, one.up ? 1.0 : 0.0);
    connections.add(labels, static_cast<double>(one.connections));
    failures.add(labels, static_cast<double>(one.failures));
  }
  for (Family* const family : {&up, &connections, &failures})
    families.push_back(std::move(*family).take());
}

MetricFamily handshakes(const Numbers& numbers) {
  Family family = counter("sioscope_tls_handshakes_total",
                          "TLS handshakes with clients and the upstream, by what came of them.");
  for (const auto& [side, counts] : {std::pair{"client", &numbers.client_handshakes},
                                     {"upstream", &numbers.upstream_handshakes}}) {
    if (!*counts) continue;
    for (const auto& [result, count] : {std::pair{"full", (*counts)->full},
                                        {"resumed", (*counts)->resumed},
                                        {"failed", (*counts)->failed}})
      family.add({{"side", side}, {"result", result}}, static_cast<double>(count));
  }
  return std::move(family).take();
}

MetricFamily sessions_ended(const rules::Traffic& traffic) {
  using Outcome = rules::Traffic::Outcome;
  Family family = counter("sioscope_sessions_total", "Engine.IO sessions that ended, by how.");
  for (std::size_t i = 0; i < traffic.sessions.size(); ++i)
    family.add({{"outcome", std::string(name(static_cast<Outcome>(i)))}},
               traffic.sessions[i][0].count() + traffic.sessions[i][1].count());
  return std::move(family).take();
}

MetricFamily session_durations(const rules::Traffic& traffic) {
  std::array<rules::Traffic::Durations, 2> sums;
  for (const auto& outcome : traffic.sessions)
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i].add(outcome[i]);
  Family family = histogram("sioscope_session_duration_seconds",
                            "How long sessions that ended had lasted, by their last transport.");
  family.add({{"transport", "polling"}}, sums[0], rules::Traffic::kDurations);
  family.add({{"transport", "websocket"}}, sums[1], rules::Traffic::kDurations);
  return std::move(family).take();
}

MetricFamily ack_latencies(const rules::Traffic& traffic) {
  Family family =
      histogram("sioscope_ack_latency_seconds",
                "From an event that asks for an acknowledgement to it, by the event's direction.");
  for (const core::Direction direction : kDirections)
    family.add({label_of(direction)}, traffic.acks[core::index_of(direction)],
               rules::Traffic::kLatencies);
  return std::move(family).take();
}

void add_exported(const std::vector<Numbers::Exported>& signals,
                  std::vector<MetricFamily>& families) {
  if (signals.empty()) return;
  Family requests =
      counter("sioscope_otlp_requests_total", "Requests to the OTLP collector, by outcome.");
  Family dropped =
      counter("sioscope_otlp_dropped_total", "Records that the OTLP collector will never get.");
  for (const Numbers::Exported& one : signals) {
    const std::string signal(one.signal);
    requests.add({{"signal", signal}, {"outcome", "sent"}}, one.sent);
    requests.add({{"signal", signal}, {"outcome", "failed"}}, one.failed);
    dropped.add({{"signal", signal}}, one.dropped);
  }
  families.push_back(std::move(requests).take());
  families.push_back(std::move(dropped).take());
}

void add_connections(const Numbers& numbers, std::vector<MetricFamily>& families) {
  families.push_back(gauge("sioscope_connections_active", "Client connections open now.")
                         .add({}, numbers.connections_active)
                         .take());
  families.push_back(counter("sioscope_connections_total", "Client connections accepted.")
                         .add({}, numbers.connections_total)
                         .take());
  families.push_back(counter("sioscope_bytes_total", "Bytes forwarded.")
                         .add({{"direction", "upstream"}}, numbers.bytes_to_server)
                         .add({{"direction", "downstream"}}, numbers.bytes_to_client)
                         .take());
  families.push_back(
      counter("sioscope_upstream_failures_total", "Client connections answered with 502.")
          .add({}, numbers.upstream_failures)
          .take());
  if (!numbers.upstreams.empty()) upstreams(numbers.upstreams, families);
  families.push_back(counter("sioscope_accept_pauses_total",
                             "Times that descriptors or memory for a connection ran out.")
                         .add({}, numbers.accept_pauses)
                         .take());
  families.push_back(
      counter("sioscope_stalls_total", "Reads that their receiver did not take whole.")
          .add({}, numbers.stalls)
          .take());
  families.push_back(
      gauge("sioscope_pending_bytes_peak", "The most bytes that one direction ever had to hold.")
          .add({}, numbers.pending_bytes_peak)
          .take());
}

void add_limits(const Numbers& numbers, std::vector<MetricFamily>& families) {
  families.push_back(counter("sioscope_connections_full_total",
                             "Times that as many clients were there as --max-connections allows.")
                         .add({}, numbers.full)
                         .take());
  families.push_back(counter("sioscope_connection_timeouts_total",
                             "Connections ended by --header-timeout or --idle-timeout.")
                         .add({}, numbers.timeouts)
                         .take());
  families.push_back(gauge("sioscope_memory_short",
                           "1 while --memory-max is passed and new sessions go unobserved.")
                         .add({}, std::uint64_t{numbers.memory_is_short})
                         .take());
  if (numbers.resident_bytes)
    families.push_back(gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
                           .add({}, *numbers.resident_bytes)
                           .take());
}

void add_sessions(const Numbers& numbers, std::vector<MetricFamily>& families) {
  families.push_back(gauge("sioscope_sessions_active", "Engine.IO sessions alive now.")
                         .add({{"transport", "polling"}}, numbers.live.polling)
                         .add({{"transport", "websocket"}}, numbers.live.websocket)
                         .take());
  families.push_back(
      counter("sioscope_sessions_opened_total", "Engine.IO sessions whose handshake was seen.")
          .add({}, numbers.tally.sessions)
          .take());
  families.push_back(sessions_ended(numbers.traffic));
  families.push_back(session_durations(numbers.traffic));
  families.push_back(gauge("sioscope_orphans_active", "Leaked sessions that are still open.")
                         .add({}, numbers.live.orphans)
                         .take());
  families.push_back(counter("sioscope_deliveries_total", "Socket.IO events forwarded to clients.")
                         .add({}, numbers.tally.deliveries)
                         .take());
  families.push_back(packets(numbers.traffic));
  families.push_back(ack_latencies(numbers.traffic));
  families.push_back(by_name<rules::Traffic::Refusal>(
      counter("sioscope_handshake_errors_total",
              "Requests refused with an Engine.IO error code, and handshakes that did not come "
              "about."),
      "code", numbers.traffic.refusals));
  families.push_back(by_name<rules::Traffic::Upgrade>(
      counter("sioscope_upgrades_total", "Attempts to change from polling to WebSocket."), "result",
      numbers.traffic.upgrades));
}

}  // namespace

std::string metrics_text(const Numbers& numbers) {
  std::vector<MetricFamily> families;
  families.push_back(gauge("sioscope_build_info", "Always 1; the version is a label.")
                         .add({{"version", SIOSCOPE_VERSION}}, 1)
                         .take());
  add_connections(numbers, families);
  add_limits(numbers, families);
  add_sessions(numbers, families);
  if (numbers.recorded)
    families.push_back(
        counter("sioscope_capture_records_total", "Records for the capture file, by outcome.")
            .add({{"outcome", "written"}}, numbers.recorded->written)
            .add({{"outcome", "lost-in-ring"}}, numbers.recorded->lost_in_ring)
            .add({{"outcome", "lost-on-disk"}}, numbers.recorded->lost_on_disk)
            .take());
  if (numbers.client_handshakes || numbers.upstream_handshakes)
    families.push_back(handshakes(numbers));
  families.push_back(findings(numbers.findings));
  families.push_back(withdrawn(numbers.findings));
  families.push_back(dropped(numbers.tally.unobserved));
  add_exported(numbers.exported, families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace proxy::admin
