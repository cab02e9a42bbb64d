#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "core/instant.hpp"
#include "proxy/observe/ring.hpp"

namespace proxy::observe {

template <class Record>
using Rings = std::vector<std::unique_ptr<Ring<Record>>>;

/// No record that is not yet visible in any of them will carry an instant before this.
template <class Record>
[[nodiscard]] core::Instant low_water_of(const Rings<Record>& rings, core::Instant now) noexcept {
  core::Instant low = now;
  for (const auto& ring : rings) low = std::min(low, ring->low_water(now));
  return low;
}

/// The ring whose front() comes next in the order of (instant, connection), among those before
/// `low`; nullptr when there is none.
template <class Record>
[[nodiscard]] Ring<Record>* next_of(const Rings<Record>& rings, core::Instant low) noexcept {
  Ring<Record>* oldest = nullptr;
  const Record* first = nullptr;
  for (const auto& ring : rings) {
    const Record* const candidate = ring->front();
    if (candidate == nullptr || candidate->at >= low) continue;
    if (first == nullptr || candidate->at < first->at ||
        (candidate->at == first->at && candidate->connection < first->connection)) {
      oldest = ring.get();
      first = candidate;
    }
  }
  return oldest;
}

/// The consumer goes to sleep. False: there is something to take, so it should not.
template <class Record>
[[nodiscard]] bool ask_wake(const Rings<Record>& rings) noexcept {
  for (const auto& ring : rings) ring->ask_wake();
  // A record that slipped in before we asked would wake nobody.
  return std::none_of(rings.begin(), rings.end(),
                      [](const auto& ring) { return ring->front() != nullptr; });
}

}  // namespace proxy::observe
