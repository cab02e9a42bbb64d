#pragma once

#include <string>

#include "proxy/cli/command_table.hpp"
#include "proxy/cli/command_text.hpp"

/// Man pages, in man(7)'s macros: `sioscope(1)` for the whole and `sioscope-COMMAND(1)` for each.
namespace proxy::cli::man {

/// `sioscope(1)`.
[[nodiscard]] std::string overview_page();

/// How the page of a command begins: its name and what it is for. command_part() goes on from
/// there, and closing() ends it.
[[nodiscard]] std::string opening(const Command& command);
[[nodiscard]] std::string command_part(const CommandText& command);
[[nodiscard]] std::string closing();

}  // namespace proxy::cli::man
