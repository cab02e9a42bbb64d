#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "core/instant.hpp"

namespace rules {

/// How long things took, as counts between fixed bounds.
template <std::size_t kBounds>
struct Histogram {
  using Bounds = std::array<core::Duration, kBounds>;

  /// Of those that took at most the bound of that place, and more than the one before; the last is
  /// of those beyond all bounds.
  std::array<std::uint64_t, kBounds + 1> counts{};
  core::Duration sum{};

  void add(core::Duration took, const Bounds& bounds) noexcept {
    const auto place = std::lower_bound(bounds.begin(), bounds.end(), took) - bounds.begin();
    ++counts[static_cast<std::size_t>(place)];
    sum += took;
  }
  void add(const Histogram& others) noexcept {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += others.counts[i];
    sum += others.sum;
  }
  [[nodiscard]] std::uint64_t count() const noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
};

}  // namespace rules
