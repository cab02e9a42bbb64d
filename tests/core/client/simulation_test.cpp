// A client that keeps its laws in any weather: core/client against core/server, in virtual time.
//
//     SIOSCOPE_SEED=7     that seed alone
//     SIOSCOPE_SEEDS=N    so many, from 1 on
#include "tests/core/client/simulation.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace {

using core::test::Simulation;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 500;
#else
constexpr std::uint64_t kSeeds = 10'000;
#endif

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* const text = std::getenv(name);
  return text == nullptr ? fallback : std::stoull(text);
}

}  // namespace

TEST_CASE("simulation: in any weather no law of the client's is broken") {
  const std::uint64_t only = setting("SIOSCOPE_SEED", 0);
  const std::uint64_t first = only == 0 ? 1 : only;
  const std::uint64_t last = only == 0 ? setting("SIOSCOPE_SEEDS", kSeeds) : only;
  Simulation::Tally total;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Simulation simulation(seed);
    const std::string broken = simulation.run();
    CHECK_MESSAGE(broken.empty(), "seed ", seed, ": ", broken);
    if (!broken.empty()) return;
    const auto& one = simulation.tally;
    total.engines += one.engines;
    total.upgrades += one.upgrades;
    total.parse_errors += one.parse_errors;
    total.ping_timeouts += one.ping_timeouts;
    total.transport_errors += one.transport_errors;
    total.connect_timeouts += one.connect_timeouts;
    total.acks += one.acks;
    total.ack_failures += one.ack_failures;
    total.received += one.received;
    total.heard += one.heard;
    total.buffered += one.buffered;
    total.answered_questions += one.answered_questions;
  }
  if (only != 0) return;
  // The weather was bad, and things got through all the same.
  for (const std::size_t count :
       {total.engines, total.upgrades, total.parse_errors, total.ping_timeouts,
        total.transport_errors, total.connect_timeouts, total.acks, total.ack_failures,
        total.received, total.heard, total.buffered, total.answered_questions})
    CHECK(count > last / 20);
  MESSAGE("engines ", total.engines, ", upgrades ", total.upgrades, ", parse errors ",
          total.parse_errors, ", ping time-outs ", total.ping_timeouts, ", transport errors ",
          total.transport_errors, ", connect time-outs ", total.connect_timeouts, ", acks ",
          total.acks, " and ", total.ack_failures, " that failed, events ", total.received, " and ",
          total.heard, ", buffered ", total.buffered, ", questions answered ",
          total.answered_questions);
}
