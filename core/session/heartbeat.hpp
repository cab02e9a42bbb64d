#pragma once

#include "core/instant.hpp"

namespace core::session {

/// The pings and pongs of one session. In Engine.IO 4 the server pings and the client answers; in 3
/// it is the other way round. Probes are no heartbeats. Source: Engine.IO protocol v4 and v3,
/// "Heartbeat".
struct Heartbeat {
  Instant ping_at{};      ///< the latest ping; default: none yet
  Instant answered_at{};  ///< when the latest ping was answered; default: it was not
  Instant heard_at{};     ///< the client's latest packet, of whatever kind
  Instant told_at{};      ///< the server's

  void ping(Instant at) noexcept {
    ping_at = at;
    answered_at = Instant{};
  }
  /// The pong of the latest ping. A pong without a ping changes nothing.
  void pong(Instant at) noexcept {
    if (ping_at != Instant{}) answered_at = at;
  }
  [[nodiscard]] bool unanswered() const noexcept {
    return ping_at != Instant{} && answered_at == Instant{};
  }
};

}  // namespace core::session
