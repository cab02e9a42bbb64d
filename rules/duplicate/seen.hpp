#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/instant.hpp"

namespace rules::duplicate {

/// The latest things of a kind that must not come twice, and when they came.
class Seen {
 public:
  /// Whether it is new; else when it came before.
  [[nodiscard]] core::Instant when(std::uint64_t thing) const noexcept {
    for (const Thing& each : things_)
      if (each.hash == thing) return each.at;
    return {};
  }
  void add(std::uint64_t thing, core::Instant at) noexcept {
    things_[next_] = {thing, at};
    next_ = (next_ + 1) % things_.size();
  }

 private:
  struct Thing {
    std::uint64_t hash = 0;
    core::Instant at{};
  };
  /// Copies come close together.
  std::array<Thing, 16> things_{};
  std::size_t next_ = 0;
};

}  // namespace rules::duplicate
