#pragma once

#include <ctime>

#include "core/instant.hpp"

namespace proxy::observe {

/// The one clock of the program: CLOCK_MONOTONIC, read through the vDSO (24 ns).
[[nodiscard]] inline core::Instant now() noexcept {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return core::Instant(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace proxy::observe
