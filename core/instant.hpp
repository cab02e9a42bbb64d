#pragma once

#include <chrono>

namespace core {

/// Monotonic nanoseconds. The clock is declared and never defined, so code in core/ and rules/
/// can be given an Instant but cannot ask for one.
using Instant = std::chrono::time_point<struct TapClock, std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

}  // namespace core
