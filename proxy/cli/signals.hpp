#pragma once

#include <csignal>

#include <chrono>
#include <optional>

namespace proxy::cli {

/// Signals as values that main takes when it is ready for them, so that no handler runs anywhere.
///
/// Construct it before any thread starts: threads inherit that the signals are blocked. SIGPIPE and
/// SIGTTOU are ignored from then on: a gone reader and a terminal that belongs to others are errors
/// of one write.
class Signals {
 public:
  struct Arrived {
    int number;          ///< SIGTERM, SIGINT, SIGHUP or SIGCHLD
    bool from_terminal;  ///< Ctrl-C: every program of the foreground got it, not only we
  };

  Signals();
  /// The next signal, or nothing after `at_most`.
  [[nodiscard]] std::optional<Arrived> wait(std::chrono::milliseconds at_most);

 private:
  sigset_t taken_;
};

}  // namespace proxy::cli
