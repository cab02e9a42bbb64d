#pragma once

#include <span>
#include <string_view>

#include "proxy/cli/commands.hpp"

namespace proxy::cli {

struct Command {
  std::string_view name;
  int (*run)(Arguments);
  std::string_view help;  ///< one line
};

/// Every command, in the order of `sioscope --help`.
[[nodiscard]] std::span<const Command> commands() noexcept;

/// What `sioscope --help` prints.
[[nodiscard]] std::string overview();

}  // namespace proxy::cli
