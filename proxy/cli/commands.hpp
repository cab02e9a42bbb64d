#pragma once

#include <chrono>
#include <span>
#include <string>

/// One function a subcommand, each in a file of its name. `arguments` are what follows the
/// command's name; the value is the exit code of the process.
namespace proxy::cli {

using Arguments = std::span<const std::string>;

[[nodiscard]] int proxy_command(Arguments arguments);
[[nodiscard]] int check_command(Arguments arguments);
[[nodiscard]] int analyze_command(Arguments arguments);
[[nodiscard]] int connect_command(Arguments arguments);
[[nodiscard]] int decode_command(Arguments arguments);
[[nodiscard]] int explain_command(Arguments arguments);
[[nodiscard]] int replay_command(Arguments arguments);
[[nodiscard]] int rules_command(Arguments arguments);
[[nodiscard]] int demo_command(Arguments arguments);
[[nodiscard]] int health_command(Arguments arguments);
[[nodiscard]] int man_command(Arguments arguments);
[[nodiscard]] int completions_command(Arguments arguments);

/// The day it is, UTC.
[[nodiscard]] inline std::chrono::sys_days today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

struct Stop;
/// Says what a Stop says, where it belongs. Returns its exit code.
int say(const Stop& stop);

}  // namespace proxy::cli
