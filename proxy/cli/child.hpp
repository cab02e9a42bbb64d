#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace proxy::cli {

/// The command that `check` runs, with our stdin, stdout and stderr.
///
/// It gets a process group of its own, so that a signal reaches all it started. Not on a terminal:
/// there it stays in our group, or it could not read from it and Ctrl-Z would stop only us.
class Child {
 public:
  using Variable = std::pair<std::string, std::string>;

  /// Looks `command.front()` up in PATH and starts it with the variables added to our environment.
  /// Error: errno, ENOENT for a command that is not there.
  [[nodiscard]] static tl::expected<Child, int> start(std::span<const std::string> command,
                                                      std::span<const Variable> variables);

  /// Its exit code, 128 + n after signal n; nothing while it runs.
  [[nodiscard]] std::optional<int> exit_code();
  /// Sends a signal to it and, where the group is its own, to all it started.
  void signal(int number) const;

 private:
  Child(pid_t pid, bool own_group) : pid_(pid), own_group_(own_group) {}

  pid_t pid_;
  bool own_group_;
  std::optional<int> ended_;
};

}  // namespace proxy::cli
