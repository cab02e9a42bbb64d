#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <vector>

#include "core/instant.hpp"

namespace rules {

/// "Tell me at that instant", for every rule: one heap, so that what is due earliest comes first,
/// and of equals what was asked first. An alarm cannot be called off: when it comes, its rule looks
/// whether it still matters.
class Alarms {
 public:
  struct Alarm {
    core::Instant at;
    std::uint64_t asked = 0;  ///< rises
    std::uint64_t key = 0;    ///< the rule's own: a session's id, mostly
    std::uint32_t rule = 0;   ///< its place in the RuleSet
    bool operator>(const Alarm& other) const noexcept {
      return std::tie(at, asked) > std::tie(other.at, other.asked);
    }
  };

  void set(core::Instant at, std::uint32_t rule, std::uint64_t key) {
    alarms_.push({at, ++asked_, key, rule});
  }
  [[nodiscard]] core::Instant deadline() const noexcept {
    return alarms_.empty() ? core::Instant::max() : alarms_.top().at;
  }
  /// The earliest; there must be one.
  [[nodiscard]] Alarm take() {
    const Alarm alarm = alarms_.top();
    alarms_.pop();
    return alarm;
  }

 private:
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
  std::uint64_t asked_ = 0;
};

}  // namespace rules
