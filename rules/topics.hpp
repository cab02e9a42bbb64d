#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/direction.hpp"
#include "core/session/fact.hpp"
#include "rules/finding.hpp"

namespace rules {

/// How often each event was sent to one session's client: of the first few names that it got.
struct Heard {
  struct Cell {
    std::uint64_t topic = 0;
    std::uint32_t times = 0;
  };
  std::array<Cell, 8> cells;
  /// nullptr: there are more names than that.
  [[nodiscard]] Cell* of(std::uint64_t topic) noexcept {
    for (Cell& cell : cells)
      if (cell.topic == topic || cell.times == 0) return &cell;
    return nullptr;
  }
};

/// Counts events by name and direction. Names beyond limits::kTopicsMax count as `other`.
class Topics {
 public:
  struct Count {
    EventName name;
    core::Direction direction = core::Direction::ToClient;
    std::uint64_t sent = 0;
    std::uint64_t sessions = 0;  ///< to clients: it was sent to so many of them,
    std::uint64_t most = 0;      ///< and so often to one
  };
  /// Both directions have topics of their own.
  struct Key {
    std::uint64_t topic = 0;
    core::Direction direction = core::Direction::ToClient;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return key.topic ^ static_cast<std::uint64_t>(key.direction);
    }
  };

  /// Fact kind Message; acks are not counted.
  void observe(const core::session::Fact& fact);
  [[nodiscard]] const std::unordered_map<Key, Count, KeyHash>& counts() const noexcept {
    return counts_;
  }
  /// The event's name; "(unnamed)" when it is not known.
  [[nodiscard]] EventName name_of(std::uint64_t topic, core::Direction direction) const;
  [[nodiscard]] std::uint64_t deliveries() const noexcept { return deliveries_; }
  /// Events whose name came after the limit was reached.
  [[nodiscard]] std::uint64_t others() const noexcept { return others_; }

 private:
  std::unordered_map<Key, Count, KeyHash> counts_;
  /// By direction, where the latest event was counted: many a stream is one topic over and over.
  struct Latest {
    std::uint64_t topic = 0;
    Count* count = nullptr;
  };
  std::array<Latest, 2> latest_;
  void heard(Count& count, const core::session::Fact& fact);
  std::uint64_t deliveries_ = 0;
  std::uint64_t others_ = 0;
};

/// The name of the event in a message's excerpt, `42/chat,["news",1]`: decoded; "(unnamed)" when
/// the excerpt was cut before it.
[[nodiscard]] EventName event_name(const core::session::Fact& fact);

}  // namespace rules
