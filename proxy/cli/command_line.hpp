#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>

#include "proxy/cli/options.hpp"

namespace proxy::cli {

/// Parses with CLI11 and turns whatever it says into our one sentence. Nothing means that it went
/// well. Where the only argument is `--describe=READER`, it says what that reader is told of the
/// command (command_text.hpp).
[[nodiscard]] std::optional<Stop> parse_with(CLI::App& app, std::span<const std::string> arguments);

/// `sioscope check: WHAT`, exit code 2.
[[nodiscard]] Stop usage_error(const CLI::App& app, std::string what);

}  // namespace proxy::cli
