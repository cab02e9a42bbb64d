#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/admin/numbers.hpp"
#include "proxy/otlp/settings.hpp"

/// The documents of OTLP's HTTP/JSON: protobuf's JSON mapping with numbers for enums and 64-bit
/// integers as text. Source: opentelemetry-proto 1.5, metrics.proto, logs.proto; OTLP
/// specification, "JSON Protobuf Encoding".
namespace proxy::otlp {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using Value = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;
using Attributes = std::vector<std::pair<std::string, Value>>;

/// A log record: one thing that happened.
struct LogRecord {
  enum class Severity : std::uint8_t { Info = 9, Warning = 13, Error = 17 };
  Time at;        ///< when it happened
  Time observed;  ///< when it was said
  Severity severity = Severity::Info;
  std::string event;  ///< `sioscope.finding`
  std::string body;   ///< a sentence
  Attributes attributes;
};

/// An ExportMetricsServiceRequest. Sums are cumulative since `started`.
[[nodiscard]] std::string metrics_document(const Texts& resource, const admin::Numbers& numbers,
                                           Time started, Time now);
/// An ExportLogsServiceRequest.
[[nodiscard]] std::string logs_document(const Texts& resource, std::span<const LogRecord> records);

/// How many records the collector says it did not take, of an answer with 200.
struct PartialSuccess {
  std::uint64_t rejected = 0;
  std::string message;
};
[[nodiscard]] PartialSuccess read_answer(const std::string& body);

}  // namespace proxy::otlp
