#pragma once

#include <chrono>
#include <string>

#include "core/instant.hpp"

namespace proxy::report {

/// Turns the monotonic instants of events into wall-clock times. Both clocks are read once, when
/// the run starts: times in one report keep their distances even if the wall clock is set
/// meanwhile.
class WallClock {
 public:
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;

  WallClock(core::Instant monotonic, Time wall) : monotonic_(monotonic), wall_(wall) {}
  /// Anchored now, to the clock that stamps events (observe::now()).
  [[nodiscard]] static WallClock now();

  /// The instant it is anchored at: when the run started.
  [[nodiscard]] core::Instant started() const noexcept { return monotonic_; }
  /// What is added to an instant for the time since the Unix epoch.
  [[nodiscard]] core::Duration to_epoch() const noexcept {
    return wall_.time_since_epoch() - monotonic_.time_since_epoch();
  }
  /// ISO 8601, UTC, milliseconds: `2026-01-01T00:00:00.000Z`.
  [[nodiscard]] std::string iso8601(core::Instant at) const;
  /// The day it fell on, UTC.
  [[nodiscard]] std::chrono::sys_days day(core::Instant at) const {
    return std::chrono::floor<std::chrono::days>(
        wall_ + std::chrono::floor<std::chrono::milliseconds>(at - monotonic_));
  }
  /// Time of day only, for people: `00:00:00.000`, UTC.
  [[nodiscard]] std::string time_of_day(core::Instant at) const {
    return iso8601(at).substr(11, 12);
  }

 private:
  core::Instant monotonic_;
  Time wall_;
};

}  // namespace proxy::report
