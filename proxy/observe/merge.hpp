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

/// The front() of one of the rings.
template <class Record>
struct Next {
  Ring<Record>* ring = nullptr;
  Record* record = nullptr;
};

/// What comes next in the order of (instant, connection), among that before `low`; without a record
/// when there is nothing.
template <class Record>
[[nodiscard]] Next<Record> next_of(const Rings<Record>& rings, core::Instant low) noexcept {
  Next<Record> next;
  for (const auto& ring : rings) {
    Record* const candidate = ring->front();
    if (candidate == nullptr || candidate->at >= low) continue;
    if (next.record == nullptr || candidate->at < next.record->at ||
        (candidate->at == next.record->at && candidate->connection < next.record->connection))
      next = {ring.get(), candidate};
  }
  return next;
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
