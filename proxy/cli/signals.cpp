#include "proxy/cli/signals.hpp"

#include <cerrno>
#include <ctime>

namespace proxy::cli {

Signals::Signals() {
  sigemptyset(&taken_);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&taken_, number);
  pthread_sigmask(SIG_BLOCK, &taken_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGTTOU, SIG_IGN);
}

std::optional<Signals::Arrived> Signals::wait(std::chrono::milliseconds at_most) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>(seconds.count());
  timeout.tv_nsec = static_cast<long>(std::chrono::nanoseconds(at_most - seconds).count());
  siginfo_t info{};
  const int number = sigtimedwait(&taken_, &info, &timeout);
  if (number < 0) return std::nullopt;
  return Arrived{number, info.si_code == SI_KERNEL};
}

}  // namespace proxy::cli
