#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/client/emission.hpp"
#include "core/client/sockets.hpp"
#include "core/ids.hpp"
#include "core/replay/recorded_session.hpp"

namespace core::replay {

/// The client opens its engine: with these namespaces at first, and after Leave with those it had.
struct Arrive {
  std::vector<client::Namespace> namespaces = {};
};
/// It ends its engine, and stays away until the next Arrive.
struct Leave {};
struct JoinNamespace {
  client::Namespace ns;
};
struct LeaveNamespace {
  std::string ns;
};
struct Emit {
  client::Emission emission;
};

/// One thing that a recorded client did by its own will. Not by its will: heartbeats, sids, `t`,
/// ack ids, reconnections; a correct client has its own.
struct Step {
  Duration at;  ///< since the recording's first handshake
  std::variant<Arrive, Leave, JoinNamespace, LeaveNamespace, Emit> what;
  /// How many of its acknowledged emissions had been answered when it did so, and how many events
  /// had come: it may have waited for them.
  std::size_t acks_before = 0;
  std::size_t events_before = 0;
};

/// How a client answered an event that asked for it.
struct Answer {
  std::string arguments;  ///< the inside of a JSON array
  std::vector<std::string> attachments;
};

/// A recorded client, over all its sessions, as something that can be done again.
struct Script {
  std::string query, origin;
  client::Revision revision = client::Revision::V4;
  client::Parser parser = client::Parser::Json;
  Carried carried = Carried::Polling;
  std::size_t sessions = 0;  ///< that it had in the recording
  std::vector<Step> steps;   ///< in order; the first is Arrive
  Duration end{};            ///< when it was last seen, or the recording ended
  /// By namespace and event: the answers it gave, in order.
  std::map<std::pair<std::string, std::string>, std::deque<Answer>> answers;
};

/// Sessions of one client, by handshake, at least one: they become one script. Where two were open
/// at once (a leak), the client is one all the same: what it did in either is done once, in order.
/// @param begin The recording's first handshake.
/// @param end When the recording ended.
[[nodiscard]] Script script_of(const std::vector<const RecordedSession*>& sessions, Instant begin,
                               Instant end);

/// All scripts of a recording, by their arrival. `client_of` gives each sid the client that it
/// belongs to; sessions without one are clients of their own.
[[nodiscard]] std::vector<Script> scripts_of(const std::vector<RecordedSession>& sessions,
                                             const std::map<std::string, ClientId>& client_of,
                                             Instant end);

}  // namespace core::replay
