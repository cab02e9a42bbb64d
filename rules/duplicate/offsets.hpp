#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/instant.hpp"
#include "core/socketio/recovery_offset.hpp"

namespace rules::duplicate {

/// The latest events of a session that end in what looks like a recovery offset.
///
/// How it works. Volatile events have no offset, and may end in a word or an id that looks like
/// one. But an offset tells when it was made: offsets are as far apart as the events that bring
/// them, and words are years off. So each is known by the company it keeps.
class Offsets {
 public:
  struct Offset {
    std::uint64_t event = 0;  ///< hash of the event, offset included; 0: none
    core::Instant at{};       ///< when it came first
    std::optional<core::socketio::RecoveryOffset> value;  ///< nullopt: it was not at hand
  };

  /// nullptr: it is new.
  [[nodiscard]] const Offset* find(std::uint64_t event) const noexcept {
    for (const Offset& each : offsets_)
      if (each.event == event) return &each;
    return nullptr;
  }
  void add(const Offset& offset) noexcept {
    offsets_[next_] = offset;
    next_ = (next_ + 1) % offsets_.size();
  }
  /// How many others speak for `offset`; nullopt if it is not at hand, or one speaks against it.
  [[nodiscard]] std::optional<std::size_t> others_for(const Offset& offset) const noexcept {
    if (!offset.value) return std::nullopt;
    std::size_t count = 0;
    for (const Offset& each : offsets_) {
      if (!each.value || each.event == offset.event) continue;
      if (each.value->form != offset.value->form) return std::nullopt;
      const auto apart = (each.value->made - offset.value->made) - (each.at - offset.at);
      if (std::chrono::abs(apart) > kAway) return std::nullopt;
      ++count;
    }
    return count;
  }

 private:
  /// A replay brings what was made while its client was away: maxDisconnectionDuration, and more.
  static constexpr auto kAway = std::chrono::minutes(5);

  /// Copies come close together.
  std::array<Offset, 16> offsets_{};
  std::size_t next_ = 0;
};

}  // namespace rules::duplicate
