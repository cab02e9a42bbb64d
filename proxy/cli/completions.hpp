#pragma once

#include <string>

#include "proxy/cli/command_text.hpp"

/// What completes words in three shells. A script is opening(), the part of each command, and
/// closing().
namespace proxy::cli::completions {

[[nodiscard]] std::string opening(Reader shell);
[[nodiscard]] std::string closing(Reader shell);

[[nodiscard]] std::string bash_part(const CommandText& command);
[[nodiscard]] std::string zsh_part(const CommandText& command);
[[nodiscard]] std::string fish_part(const CommandText& command);

}  // namespace proxy::cli::completions
