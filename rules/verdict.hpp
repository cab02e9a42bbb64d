#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "rules/finding.hpp"

namespace rules {

/// One event by name and direction, over all sessions.
struct TopicCount {
  EventName name;
  core::Direction direction = core::Direction::ToClient;
  std::uint64_t sent = 0;   ///< EVENT packets on the wire, extra copies included
  std::uint64_t extra = 0;  ///< of these, extra copies, as the duplicate/* findings count them
  std::uint64_t once = 0;   ///< delivered exactly once
  bool doubtful = false;    ///< a finding that is only possible speaks of copies
  /// To clients: the sessions that it was sent to, and how often to the one that got most.
  std::uint64_t sessions = 0;
  std::uint64_t most = 0;
};

/// Traffic that went by undecoded, one row a reason.
struct UnobservedCount {
  core::Unobserved reason;
  std::uint64_t sessions = 0;  ///< that it concerns, as far as known
  std::uint64_t count = 0;
  /// Where it first happened, for reasons that have a place on the wire.
  struct Place {
    core::Direction direction = core::Direction::ToServer;
    std::uint64_t offset_bytes = 0;  ///< from the start of that direction of its connection
    std::string_view why;            ///< static text
  };
  std::optional<Place> first = std::nullopt;
};

/// What everything seen so far comes to. A claim with its basis.
struct Tally {
  std::uint64_t sessions = 0;               ///< Engine.IO sessions whose handshake was seen
  std::uint64_t deliveries = 0;             ///< EVENT packets forwarded to clients
  std::array<std::uint64_t, 3> findings{};  ///< by Severity, withdrawn ones not counted
  std::uint64_t unproven = 0;               ///< findings that ended as unproven candidates
  std::vector<TopicCount>
      topics;  ///< the 50 busiest, then `other` (name.event == "other", name.ns empty)
  std::vector<UnobservedCount> unobserved;
};

}  // namespace rules
