#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/cli/options.hpp"

namespace proxy::cli {

struct AnalyzeOptions : JudgingOptions {
  std::vector<std::string> files;  ///< not empty; `-` is stdin
  std::optional<std::string> har;  ///< where to write what was analysed
  bool capture_secrets = false;    ///< as it is
  std::string server;              ///< `HOST:PORT` or `PORT`; empty for all
};

/// As parse_check().
[[nodiscard]] tl::expected<AnalyzeOptions, Stop> parse_analyze(
    std::span<const std::string> arguments, std::span<const rules::Description> known,
    std::chrono::sys_days today);

}  // namespace proxy::cli
