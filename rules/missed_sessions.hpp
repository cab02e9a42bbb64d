#pragma once

#include <cstddef>

#include "core/session/tracker.hpp"

namespace rules {

/// Whether sessions went by that were not followed, for want of memory or because there were too
/// many: then what explains a fault may be among them, and nothing that they could explain is
/// certain.
[[nodiscard]] inline bool missed_sessions(const core::session::Tracker& tracker) noexcept {
  const auto& gaps = tracker.gaps();
  return gaps[static_cast<std::size_t>(core::Unobserved::MemoryLimit)].count != 0 ||
         gaps[static_cast<std::size_t>(core::Unobserved::SessionLimit)].count != 0;
}

}  // namespace rules
