#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace CLI {
class App;
}

namespace proxy::cli {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error, Off };
/// What stderr is made of while the program serves: lines for people, or one JSON object a line,
/// findings and the verdict among them (report/log_lines.hpp). What says that it is ready, and what
/// exit code 2 says, are the same in both: other programs wait for these lines.
enum class LogFormat : std::uint8_t { Text, Json };

/// `--log-level` and `--log-format`, as written.
struct WrittenLog {
  std::string level = "warning";
  std::string format = "text";
};

/// The same, checked.
struct LogOptions {
  LogLevel level = LogLevel::Warning;
  LogFormat format = LogFormat::Text;
};

void add_log_options(CLI::App& app, WrittenLog& written);
/// Errors: a sentence.
[[nodiscard]] tl::expected<LogOptions, std::string> read_log(const WrittenLog& written);

/// The program's own log, on stderr. Thread-safe.
[[nodiscard]] std::shared_ptr<spdlog::logger> make_log(const LogOptions& options);

}  // namespace proxy::cli
