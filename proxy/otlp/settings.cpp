#include "proxy/otlp/settings.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

// Source: OpenTelemetry specification 1.5x, "OTLP Exporter Configuration", "Environment Variable
// Specification". An empty variable is one that is not set.

namespace proxy::otlp {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2)
      return std::nullopt;
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

/// `key=value,key=value`, as in the Baggage header.
std::optional<Texts> parse_list(std::string_view list) {
  Texts texts;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto key = percent_decoded(trimmed(item.substr(0, equals)));
    const auto value = percent_decoded(trimmed(item.substr(equals + 1)));
    if (!key || key->empty() || !value) return std::nullopt;
    texts.emplace_back(*key, *value);
  }
  return texts;
}

void set(Texts& texts, const std::string& key, std::string value) {
  const auto found =
      std::find_if(texts.begin(), texts.end(), [&](const auto& one) { return one.first == key; });
  if (found != texts.end())
    found->second = std::move(value);
  else
    texts.emplace_back(key, std::move(value));
}

/// Nothing fit to stand in a header may end it.
bool is_header(const std::pair<std::string, std::string>& header) {
  const auto is_text = [](const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  };
  return is_text(header.first) && is_text(header.second) &&
         header.first.find_first_of(": ") == std::string::npos;
}

class Reader {
 public:
  explicit Reader(const Variables& variable) : variable_(variable) {}

  Asked read() {
    if (text("OTEL_SDK_DISABLED") == "true") return {};
    Settings settings;
    settings.metrics = target("METRICS", "/v1/metrics");
    settings.logs = target("LOGS", "/v1/logs");
    if (!settings.metrics && !settings.logs) return {std::nullopt, std::move(warnings_)};
    settings.interval = milliseconds("OTEL_METRIC_EXPORT_INTERVAL", settings.interval);
    settings.resource = resource();
    return {std::move(settings), std::move(warnings_)};
  }

 private:
  std::string text(const std::string& name) const {
    const char* const value = variable_(name.c_str());
    return value == nullptr ? "" : std::string(trimmed(value));
  }
  /// The name under which `OTEL_EXPORTER_OTLP_` and this is set, for the signal or for all.
  std::string name_of(const std::string& signal, const std::string& rest) const {
    std::string own = "OTEL_EXPORTER_OTLP_" + signal + "_" + rest;
    return text(own).empty() ? "OTEL_EXPORTER_OTLP_" + rest : own;
  }
  std::string of_signal(const std::string& signal, const std::string& rest) const {
    return text(name_of(signal, rest));
  }
  void warn(const std::string& name, const std::string& what) {
    std::string sentence = name + " " + what;
    if (std::find(warnings_.begin(), warnings_.end(), sentence) == warnings_.end())
      warnings_.push_back(std::move(sentence));
  }

  std::chrono::milliseconds milliseconds(const std::string& name,
                                         std::chrono::milliseconds otherwise) {
    const std::string written = text(name);
    if (written.empty()) return otherwise;
    constexpr std::uint64_t kDay = 86'400'000;
    std::uint64_t value = 0;
    const char* const end = written.data() + written.size();
    if (std::from_chars(written.data(), end, value).ptr == end && value > 0 && value <= kDay)
      return std::chrono::milliseconds(value);
    warn(name, "'" + written + "' is no number of milliseconds up to a day; it stays at " +
                   std::to_string(otherwise.count()));
    return otherwise;
  }

  std::optional<Target> target(const std::string& signal, const std::string& path) {
    const std::string exporter = text("OTEL_" + signal + "_EXPORTER");
    const std::string own = text("OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT");
    const std::string base = text("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (exporter == "none") return std::nullopt;
    if (!exporter.empty() && exporter != "otlp") {
      warn("OTEL_" + signal + "_EXPORTER",
           "'" + exporter + "' is not known; there are: otlp, none");
      return std::nullopt;
    }
    if (exporter.empty() && own.empty() && base.empty()) return std::nullopt;

    const std::string url = !own.empty() ? own : !base.empty() ? base : "http://localhost:4318";
    auto target = parse_target(url);
    if (!target) {
      warn(own.empty() ? "OTEL_EXPORTER_OTLP_ENDPOINT"
                       : "OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT",
           "is no http:// or https:// URL without user and query; nothing is exported there");
      return std::nullopt;
    }
    if (own.empty()) {
      while (target->path.ends_with('/')) target->path.pop_back();
      target->path += path;
    }
    fill(signal, *target);
    return target;
  }

  void fill(const std::string& signal, Target& target) {
    const std::string protocol = of_signal(signal, "PROTOCOL");
    if (!protocol.empty() && protocol != "http/json")
      warn(name_of(signal, "PROTOCOL"),
           "is '" + protocol +
               "', and only http/json is spoken here; let the endpoint name the collector's HTTP "
               "port, which takes that too (4318 as a rule)");
    const std::string headers = of_signal(signal, "HEADERS");
    auto parsed = parse_list(headers);
    if (parsed && std::all_of(parsed->begin(), parsed->end(), is_header))
      target.headers = std::move(*parsed);
    else
      warn(name_of(signal, "HEADERS"), "is no list of KEY=VALUE; no headers are sent");
    target.timeout = milliseconds(name_of(signal, "TIMEOUT"), target.timeout);
    const std::string compression = of_signal(signal, "COMPRESSION");
    target.gzip = compression == "gzip";
    if (!compression.empty() && compression != "gzip" && compression != "none")
      warn(name_of(signal, "COMPRESSION"),
           "'" + compression + "' is not known; there are: gzip, none");
    target.ca_file = of_signal(signal, "CERTIFICATE");
    target.client_certificate = of_signal(signal, "CLIENT_CERTIFICATE");
    target.client_key = of_signal(signal, "CLIENT_KEY");
  }

  Texts resource() {
    Texts attributes{{"service.name", "sioscope"}};
    auto asked = parse_list(text("OTEL_RESOURCE_ATTRIBUTES"));
    if (!asked)
      warn("OTEL_RESOURCE_ATTRIBUTES", "is no list of KEY=VALUE; all of it is left out");
    else
      for (auto& [key, value] : *asked) set(attributes, key, std::move(value));
    if (std::string name = text("OTEL_SERVICE_NAME"); !name.empty())
      set(attributes, "service.name", std::move(name));
    return attributes;
  }

  const Variables& variable_;
  std::vector<std::string> warnings_;
};

}  // namespace

std::string Target::text() const {
  const bool six = host.find(':') != std::string::npos;
  return (tls ? "https://" : "http://") + (six ? "[" + host + "]" : host) + ":" +
         std::to_string(port) + path;
}

std::optional<Target> parse_target(std::string_view url) {
  Target target;
  if (url.starts_with("https://"))
    target.tls = true;
  else if (!url.starts_with("http://"))
    return std::nullopt;
  url.remove_prefix(target.tls ? 8 : 7);
  if (url.find_first_of("@?#") != std::string_view::npos) return std::nullopt;
  const std::size_t slash = std::min(url.find('/'), url.size());
  target.path = slash == url.size() ? "/" : std::string(url.substr(slash));
  std::string_view authority = url.substr(0, slash);

  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    target.host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    target.host = authority.substr(0, colon);
    authority.remove_prefix(colon);
  }
  target.port = target.tls ? 443 : 80;
  if (!authority.empty()) {
    const char* const end = authority.data() + authority.size();
    if (authority.front() != ':' || authority.size() < 2 ||
        std::from_chars(authority.data() + 1, end, target.port).ptr != end || target.port == 0)
      return std::nullopt;
  }
  if (target.host.empty()) return std::nullopt;
  return target;
}

Asked read_variables(const Variables& variable) { return Reader(variable).read(); }

}  // namespace proxy::otlp
