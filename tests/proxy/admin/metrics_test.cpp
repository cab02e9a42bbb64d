#include "proxy/admin/metrics.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;

TEST_CASE("metrics_text: every number under the name that dashboards know") {
  proxy::admin::Numbers numbers;
  numbers.tally.sessions = 12;
  numbers.tally.deliveries = 340;
  numbers.tally.unobserved.push_back({core::Unobserved::RingOverflow, 1, 20});
  numbers.live = {.polling = 1, .websocket = 4, .orphans = 2};
  numbers.findings["leak/orphan-after-parse-error"] = {.raised = 3, .withdrawn = 1};
  numbers.connections_active = 5;
  numbers.connections_total = 6;
  numbers.bytes_to_server = 7;
  numbers.bytes_to_client = 8;
  numbers.upstream_failures = 9;
  numbers.recorded = {10, 11, 12};
  numbers.full = 20;
  numbers.timeouts = 21;
  numbers.resident_bytes = 22;
  numbers.memory_is_short = true;
  numbers.exported = {{"logs", 13, 14, 15}};
  using rules::Traffic;
  numbers.traffic.packets[static_cast<std::size_t>(Traffic::Packet::Event)] = {16, 17};
  numbers.traffic.refusals[static_cast<std::size_t>(Traffic::Refusal::Code1)] = 18;
  numbers.traffic.upgrades[static_cast<std::size_t>(Traffic::Upgrade::Abandoned)] = 19;
  auto& ended = numbers.traffic.sessions[static_cast<std::size_t>(Traffic::Outcome::Silence)];
  ended[0].add(1s, Traffic::kDurations);
  ended[0].add(1500ms, Traffic::kDurations);
  numbers.traffic.acks[0].add(3ms, Traffic::kLatencies);
  numbers.traffic.acks[0].add(1h, Traffic::kLatencies);
  numbers.client_handshakes = {23, 24, 25};
  numbers.upstreams = {{"a:1", true, 26, 0}, {"b:1", false, 27, 28}};

  const std::string text = proxy::admin::metrics_text(numbers);
  for (const char* line :
       {"sioscope_build_info{version=",
        "sioscope_sessions_active{transport=\"polling\"} 1\n",
        "sioscope_sessions_active{transport=\"websocket\"} 4\n",
        "sioscope_sessions_opened_total 12\n",
        "sioscope_findings_total{rule=\"leak/orphan-after-parse-error\",severity=\"error\"} 3\n",
        "sioscope_findings_withdrawn_total{rule=\"leak/orphan-after-parse-error\"} 1\n",
        "sioscope_findings_total{rule=\"protocol/malformed-packet\",severity=\"error\"} 0\n",
        "sioscope_orphans_active 2\n",
        "sioscope_bytes_total{direction=\"upstream\"} 7\n",
        "sioscope_bytes_total{direction=\"downstream\"} 8\n",
        "sioscope_connections_active 5\n",
        "sioscope_connections_total 6\n",
        "sioscope_upstream_failures_total 9\n",
        "sioscope_capture_dropped_total{reason=\"ring-overflow\"} 20\n",
        "sioscope_capture_records_total{outcome=\"written\"} 10\n",
        "sioscope_capture_records_total{outcome=\"lost-in-ring\"} 11\n",
        "sioscope_capture_records_total{outcome=\"lost-on-disk\"} 12\n",
        "sioscope_connections_full_total 20\n",
        "sioscope_connection_timeouts_total 21\n",
        "process_resident_memory_bytes 22\n",
        "sioscope_memory_short 1\n",
        "sioscope_capture_dropped_total{reason=\"memory-limit\"} 0\n",
        "sioscope_otlp_requests_total{signal=\"logs\",outcome=\"sent\"} 13\n",
        "sioscope_otlp_requests_total{signal=\"logs\",outcome=\"failed\"} 14\n",
        "sioscope_otlp_dropped_total{signal=\"logs\"} 15\n",
        "sioscope_packets_total{direction=\"upstream\",type=\"event\"} 16\n",
        "sioscope_packets_total{direction=\"downstream\",type=\"event\"} 17\n",
        "sioscope_packets_total{direction=\"downstream\",type=\"connect_error\"} 0\n",
        "sioscope_handshake_errors_total{code=\"1\"} 18\n",
        "sioscope_handshake_errors_total{code=\"unanswered\"} 0\n",
        "sioscope_upgrades_total{result=\"abandoned\"} 19\n",
        "sioscope_sessions_total{outcome=\"silence\"} 2\n",
        "sioscope_sessions_total{outcome=\"heartbeat_timeout\"} 0\n",
        "sioscope_session_duration_seconds_count{transport=\"polling\"} 2\n",
        "sioscope_session_duration_seconds_sum{transport=\"polling\"} 2.5\n",
        "sioscope_session_duration_seconds_bucket{transport=\"polling\",le=\"0.5\"} 0\n",
        "sioscope_session_duration_seconds_bucket{transport=\"polling\",le=\"1\"} 1\n",
        "sioscope_session_duration_seconds_bucket{transport=\"polling\",le=\"2\"} 2\n",
        "sioscope_session_duration_seconds_bucket{transport=\"polling\",le=\"+Inf\"} 2\n",
        "sioscope_session_duration_seconds_count{transport=\"websocket\"} 0\n",
        "sioscope_ack_latency_seconds_bucket{direction=\"upstream\",le=\"0.005\"} 1\n",
        "sioscope_ack_latency_seconds_bucket{direction=\"upstream\",le=\"30\"} 1\n",
        "sioscope_ack_latency_seconds_bucket{direction=\"upstream\",le=\"+Inf\"} 2\n",
        "sioscope_tls_handshakes_total{side=\"client\",result=\"full\"} 23\n",
        "sioscope_tls_handshakes_total{side=\"client\",result=\"resumed\"} 24\n",
        "sioscope_tls_handshakes_total{side=\"client\",result=\"failed\"} 25\n",
        "sioscope_upstream_up{upstream=\"a:1\"} 1\n",
        "sioscope_upstream_up{upstream=\"b:1\"} 0\n",
        "sioscope_upstream_connections_total{upstream=\"a:1\"} 26\n",
        "sioscope_upstream_connect_failures_total{upstream=\"b:1\"} 28\n",
        "sioscope_deliveries_total 340\n",
        "# TYPE sioscope_connections_active gauge\n",
        "# TYPE sioscope_connections_total counter\n"})
    CHECK_MESSAGE(text.find(line) != std::string::npos, line);
  CHECK(text.find("side=\"upstream\"") == std::string::npos);  // There is no TLS on it.
}

TEST_CASE("metrics_text: one upstream needs no label") {
  CHECK(proxy::admin::metrics_text({}).find("upstream=") == std::string::npos);
}
