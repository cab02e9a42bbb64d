#include "proxy/cli/signals.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

TEST_CASE("signals: what was sent waits until it is taken, and nothing comes without one") {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  proxy::cli::Signals signals;
  CHECK_FALSE(signals.wait(0ms).has_value());
  pthread_kill(pthread_self(), SIGTERM);
  const auto arrived = signals.wait(1s);
  REQUIRE(arrived.has_value());
  CHECK(arrived->number == SIGTERM);
  CHECK_FALSE(arrived->from_terminal);
  CHECK_FALSE(signals.wait(0ms).has_value());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}
