#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/direction.hpp"

namespace rules {

/// Extra copies of events, as the duplicate/* findings count them; the verdict subtracts them from
/// what was sent. Rules add here what they tell, and take back what they withdraw.
class Copies {
 public:
  struct Count {
    std::uint64_t extra = 0;
    std::uint64_t doubled = 0;  ///< distinct deliveries that have extra copies
    bool doubtful = false;      ///< there may be more, a finding says
  };

  /// @param topic Namespace and event, as in MessageFact.
  Count& of(std::uint64_t topic, core::Direction direction) {
    return counts_[static_cast<std::size_t>(direction)][topic];
  }
  /// nullptr: none.
  [[nodiscard]] const Count* find(std::uint64_t topic, core::Direction direction) const {
    const auto& counts = counts_[static_cast<std::size_t>(direction)];
    const auto found = counts.find(topic);
    return found == counts.end() ? nullptr : &found->second;
  }

 private:
  std::unordered_map<std::uint64_t, Count> counts_[2];  ///< by direction
};

}  // namespace rules
