#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace proxy::otlp {

using Texts = std::vector<std::pair<std::string, std::string>>;

/// Where the records of one signal go.
struct Target {
  bool tls = false;
  std::string host;  ///< without brackets
  std::uint16_t port = 0;
  std::string path;  ///< `/v1/metrics`
  Texts headers;     ///< may hold secrets: never shown
  std::chrono::milliseconds timeout{10'000};
  bool gzip = false;
  std::string ca_file;  ///< empty: the system's
  std::string client_certificate, client_key;

  /// `http://collector:4318/v1/metrics`
  [[nodiscard]] std::string text() const;
};

struct Settings {
  std::optional<Target> metrics;
  std::optional<Target> logs;
  std::chrono::milliseconds interval{60'000};  ///< between metrics
  Texts resource;                              ///< attributes; `service.name` first
};

/// What the `OTEL_*` variables ask for; README.md lists them. Settings are there only when a signal
/// has a target. What cannot be used is a sentence in `warnings`.
struct Asked {
  std::optional<Settings> settings;
  std::vector<std::string> warnings;
};
using Variables = std::function<const char*(const char* name)>;  ///< nullptr: not set
[[nodiscard]] Asked read_variables(const Variables& variable);

/// `http://HOST[:PORT][/PATH]` or https. Nothing: it is none, or has a user or a query.
[[nodiscard]] std::optional<Target> parse_target(std::string_view url);

}  // namespace proxy::otlp
