#pragma once

#include "core/instant.hpp"

namespace core::session {

/// The server's pings and the client's pongs in one session. Probes are no heartbeats.
/// Source: Engine.IO protocol v4, "Heartbeat".
struct Heartbeat {
  Instant ping_at{};      ///< the latest ping; default: none yet
  Instant answered_at{};  ///< when the latest ping was answered; default: it was not

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
