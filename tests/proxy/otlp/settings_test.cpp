#include "proxy/otlp/settings.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace std::chrono_literals;
using proxy::otlp::Asked;
using proxy::otlp::Texts;

namespace {

Asked read(const std::map<std::string, std::string>& variables) {
  return proxy::otlp::read_variables([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

}  // namespace

TEST_CASE("otlp settings: nothing is exported that was not asked for") {
  CHECK_FALSE(read({}).settings.has_value());
  CHECK_FALSE(read({{"OTEL_SERVICE_NAME", "app"}}).settings.has_value());
  CHECK_FALSE(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", " "}}).settings.has_value());
  CHECK_FALSE(
      read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}, {"OTEL_SDK_DISABLED", "true"}})
          .settings.has_value());
}

TEST_CASE("otlp settings: an endpoint for all gets the signals' paths, one of its own none") {
  const Asked all = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/base/"}});
  REQUIRE(all.settings.has_value());
  CHECK(all.warnings.empty());
  CHECK(all.settings->metrics->text() == "http://collector:4318/base/v1/metrics");
  CHECK(all.settings->logs->text() == "http://collector:4318/base/v1/logs");
  CHECK(all.settings->metrics->timeout == 10s);
  CHECK(all.settings->interval == 60s);
  CHECK(all.settings->resource == Texts{{"service.name", "sioscope"}});

  const Asked own = read({{"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://[2001:db8::1]/in"}});
  CHECK_FALSE(own.settings->metrics.has_value());
  CHECK(own.settings->logs->text() == "https://[2001:db8::1]:443/in");
  CHECK(own.settings->logs->tls);
}

TEST_CASE("otlp settings: an exporter by name switches on or off") {
  const Asked on = read({{"OTEL_LOGS_EXPORTER", "otlp"}});
  CHECK(on.settings->logs->text() == "http://localhost:4318/v1/logs");
  CHECK_FALSE(on.settings->metrics.has_value());
  const Asked off =
      read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}, {"OTEL_METRICS_EXPORTER", "none"}});
  CHECK_FALSE(off.settings->metrics.has_value());
  CHECK(off.settings->logs.has_value());
  const Asked other = read(
      {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}, {"OTEL_METRICS_EXPORTER", "prometheus"}});
  CHECK_FALSE(other.settings->metrics.has_value());
  CHECK(other.warnings.size() == 1);
}

TEST_CASE("otlp settings: a signal's own value stands before the common one") {
  const Asked asked = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"},
                            {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b , x=1"},
                            {"OTEL_EXPORTER_OTLP_LOGS_HEADERS", "y=2"},
                            {"OTEL_EXPORTER_OTLP_TIMEOUT", "1500"},
                            {"OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "2500"},
                            {"OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "gzip"},
                            {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"},
                            {"OTEL_METRIC_EXPORT_INTERVAL", "250"},
                            {"OTEL_SERVICE_NAME", "chat"},
                            {"OTEL_RESOURCE_ATTRIBUTES", "service.name=no,region=eu%2Dwest"}});
  REQUIRE(asked.settings.has_value());
  CHECK(asked.warnings.empty());
  CHECK(asked.settings->metrics->headers == Texts{{"api-key", "a b"}, {"x", "1"}});
  CHECK(asked.settings->logs->headers == Texts{{"y", "2"}});
  CHECK(asked.settings->metrics->timeout == 2500ms);
  CHECK(asked.settings->logs->timeout == 1500ms);
  CHECK_FALSE(asked.settings->metrics->gzip);
  CHECK(asked.settings->logs->gzip);
  CHECK(asked.settings->logs->ca_file == "/ca.pem");
  CHECK(asked.settings->interval == 250ms);
  CHECK(asked.settings->resource == Texts{{"service.name", "chat"}, {"region", "eu-west"}});
}

TEST_CASE("otlp settings: what cannot be used is said, by its name and without its secrets") {
  const auto warning = [](const std::string& name, const std::string& value) {
    const Asked asked = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}, {name, value}});
    REQUIRE_MESSAGE(!asked.warnings.empty(), name);
    return asked.warnings.front();
  };
  CHECK(warning("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc").find("'grpc', and only http/json") !=
        std::string::npos);
  CHECK(warning("OTEL_METRIC_EXPORT_INTERVAL", "1m").starts_with("OTEL_METRIC_EXPORT_INTERVAL"));
  CHECK(warning("OTEL_EXPORTER_OTLP_TIMEOUT", "0").starts_with("OTEL_EXPORTER_OTLP_TIMEOUT"));
  CHECK(warning("OTEL_RESOURCE_ATTRIBUTES", "region").starts_with("OTEL_RESOURCE_ATTRIBUTES"));
  const std::string headers = warning("OTEL_EXPORTER_OTLP_HEADERS", "s3cret");
  CHECK(headers.starts_with("OTEL_EXPORTER_OTLP_HEADERS"));
  CHECK(headers.find("s3cret") == std::string::npos);
  CHECK(warning("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac: d").find("no headers") !=
        std::string::npos);
  for (const char* url : {"collector:4318", "grpc://c:4317", "http://", "http://c:0", "http://c:x",
                          "http://user:s3cret@c:1", "http://c:1/?token=s3cret", "http://[::1"}) {
    const Asked asked = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", url}});
    CHECK_FALSE_MESSAGE(asked.settings.has_value(), url);
    REQUIRE(asked.warnings.size() == 1);
    CHECK(asked.warnings.front().find("s3cret") == std::string::npos);
  }
}
