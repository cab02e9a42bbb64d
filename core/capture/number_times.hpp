#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

#include "core/instant.hpp"

/// Times as the numbers that recorders write.
namespace core::capture {

/// A length of time in milliseconds; what is below zero, as -1 for "unknown", is none.
[[nodiscard]] inline Duration milliseconds(double count) noexcept {
  constexpr double kMax = 1e12;  // Thirty years.
  if (!(count > 0)) return Duration(0);
  return Duration(static_cast<std::int64_t>(std::min(count, kMax) * 1e6));
}

/// Seconds or milliseconds since the epoch, as the size tells; nothing for -1 and the like.
[[nodiscard]] inline std::optional<Instant> instant_of(std::optional<double> number) noexcept {
  constexpr double kSecondsMax = 1e11, kMillisecondsMax = 9e15 / 1e3;
  if (!number || !(*number > 0) || *number > kMillisecondsMax) return std::nullopt;
  const double seconds = *number > kSecondsMax ? *number / 1e3 : *number;
  // Whole seconds apart: a double holds no nanoseconds beside them.
  const double whole = std::floor(seconds);
  if (whole > 9e9) return std::nullopt;
  return Instant(std::chrono::seconds(static_cast<std::int64_t>(whole)) +
                 std::chrono::microseconds(std::llround((seconds - whole) * 1e6)));
}

}  // namespace core::capture
