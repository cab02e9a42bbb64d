#include "proxy/cli/log.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <CLI/CLI.hpp>
#include <array>
#include <utility>

#include "proxy/cli/judging_options.hpp"
#include "proxy/report/log_lines.hpp"

namespace proxy::cli {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
    case LogLevel::Off:
      return spdlog::level::off;
  }
  return spdlog::level::warn;
}

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string line =
        report::log_line(std::chrono::floor<std::chrono::milliseconds>(message.time),
                         {level.data(), level.size()},
                         {message.payload.data(), message.payload.size()}) +
        "\n";
    out.append(line.data(), line.data() + line.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

template <class Value, std::size_t kSize>
using Words = std::array<std::pair<std::string_view, Value>, kSize>;

constexpr Words<LogLevel, 5> kLevels{{{"debug", LogLevel::Debug},
                                      {"info", LogLevel::Info},
                                      {"warning", LogLevel::Warning},
                                      {"error", LogLevel::Error},
                                      {"off", LogLevel::Off}}};
constexpr Words<LogFormat, 2> kFormats{{{"text", LogFormat::Text}, {"json", LogFormat::Json}}};

template <class Value, std::size_t kSize>
tl::expected<Value, std::string> read_word(const Words<Value, kSize>& words, const char* option,
                                           const std::string& text) {
  std::string known;
  for (const auto& [word, value] : words) {
    if (text == word) return value;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return refuse(option + std::string(" ") + in_quotes(text) + " is unknown; there are: " + known);
}

}  // namespace

void add_log_options(CLI::App& app, WrittenLog& written) {
  app.add_option("--log-level", written.level, "how much to log to stderr")
      ->type_name("debug|info|warning|error|off")
      ->capture_default_str();
  app.add_option("--log-format", written.format,
                 "json: one object a line on stderr, findings and verdict among them")
      ->type_name("text|json")
      ->capture_default_str();
}

tl::expected<LogOptions, std::string> read_log(const WrittenLog& written) {
  const auto level = read_word(kLevels, "--log-level", written.level);
  if (!level) return tl::unexpected(level.error());
  const auto format = read_word(kFormats, "--log-format", written.format);
  if (!format) return tl::unexpected(format.error());
  return LogOptions{*level, *format};
}

std::shared_ptr<spdlog::logger> make_log(const LogOptions& options) {
  auto log = std::make_shared<spdlog::logger>("sioscope",
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (options.format == LogFormat::Json)
    log->set_formatter(std::make_unique<JsonFormatter>());
  else
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ sioscope: %l: %v", spdlog::pattern_time_type::utc);
  log->set_level(level_of(options.level));
  return log;
}

}  // namespace proxy::cli
