#include "proxy/admin/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>

#include "rules/registry.hpp"

namespace proxy::admin {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<prometheus::ClientMetric::Label>;

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
  for (const rules::UnobservedCount& row : rows)
    family.add({{"reason", std::string(core::unobserved_name(row.reason))}},
               static_cast<double>(row.count));
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

}  // namespace

std::string metrics_text(const Numbers& numbers) {
  std::vector<MetricFamily> families;
  families.push_back(gauge("sioscope_build_info", "Always 1; the version is a label.")
                         .add({{"version", SIOSCOPE_VERSION}}, 1)
                         .take());
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
  families.push_back(gauge("sioscope_sessions_active", "Engine.IO sessions alive now.")
                         .add({{"transport", "polling"}}, numbers.live.polling)
                         .add({{"transport", "websocket"}}, numbers.live.websocket)
                         .take());
  families.push_back(
      counter("sioscope_sessions_total", "Engine.IO sessions whose handshake was seen.")
          .add({}, numbers.tally.sessions)
          .take());
  families.push_back(gauge("sioscope_orphans_active", "Leaked sessions that are still open.")
                         .add({}, numbers.live.orphans)
                         .take());
  families.push_back(counter("sioscope_deliveries_total", "Socket.IO events forwarded to clients.")
                         .add({}, numbers.tally.deliveries)
                         .take());
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
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace proxy::admin
