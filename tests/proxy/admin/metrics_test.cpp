#include "proxy/admin/metrics.hpp"

#include <doctest/doctest.h>

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
  numbers.client_handshakes = {13, 14, 15};
  numbers.upstreams = {{"a:1", true, 16, 0}, {"b:1", false, 17, 18}};

  const std::string text = proxy::admin::metrics_text(numbers);
  for (const char* line :
       {"sioscope_build_info{version=",
        "sioscope_sessions_active{transport=\"polling\"} 1\n",
        "sioscope_sessions_active{transport=\"websocket\"} 4\n",
        "sioscope_sessions_total 12\n",
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
        "sioscope_tls_handshakes_total{side=\"client\",result=\"full\"} 13\n",
        "sioscope_tls_handshakes_total{side=\"client\",result=\"resumed\"} 14\n",
        "sioscope_tls_handshakes_total{side=\"client\",result=\"failed\"} 15\n",
        "sioscope_upstream_up{upstream=\"a:1\"} 1\n",
        "sioscope_upstream_up{upstream=\"b:1\"} 0\n",
        "sioscope_upstream_connections_total{upstream=\"a:1\"} 16\n",
        "sioscope_upstream_connect_failures_total{upstream=\"b:1\"} 18\n",
        "sioscope_deliveries_total 340\n",
        "# TYPE sioscope_connections_active gauge\n",
        "# TYPE sioscope_connections_total counter\n"})
    CHECK_MESSAGE(text.find(line) != std::string::npos, line);
  CHECK(text.find("side=\"upstream\"") == std::string::npos);  // There is no TLS on it.
}

TEST_CASE("metrics_text: one upstream needs no label") {
  CHECK(proxy::admin::metrics_text({}).find("upstream=") == std::string::npos);
}
