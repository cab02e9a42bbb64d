#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

// The program as a shell sees it: what it prints, and what it exits with.

namespace tests {

struct Run {
  std::string output;  ///< stdout and stderr, in the order they were written
  int exit_code;       ///< -1: a signal ended it
};

/// Runs a shell script.
inline Run run_shell(const std::string& script) {
  FILE* const pipe = ::popen(("exec 2>&1; " + script).c_str(), "r");
  REQUIRE(pipe != nullptr);
  Run run;
  std::array<char, 4096> buffer;
  while (const std::size_t bytes = std::fread(buffer.data(), 1, buffer.size(), pipe))
    run.output.append(buffer.data(), bytes);
  const int status = ::pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace tests
