#pragma once

#include <cstdint>

#include "core/client/revision.hpp"
#include "core/instant.hpp"

namespace core::client {

/// The client's side of the Engine.IO heartbeat.
///
///     V4  a ping must come within pingInterval + pingTimeout of the last one, or of the handshake.
///         Other packets are no sign of it (engine.io-client 6.6).
///     V3  pings every pingInterval; the pong must come within pingTimeout, unless other packets
///         come: then there are pingInterval + pingTimeout from the last (engine.io-client 3.5).
///
/// Source: Engine.IO protocol v4, "Heartbeat"; protocol v3, "Timeouts".
class Heartbeat {
 public:
  enum class Due : std::uint8_t { Nothing, Ping, Lost };

  Heartbeat(Revision revision, Duration interval, Duration timeout, Instant now)
      : revision_(revision),
        interval_(interval),
        timeout_(timeout),
        lost_at_(now + interval + timeout),
        ping_at_(now + interval) {}

  /// V4: the server pinged, and is to be answered.
  void receive_ping(Instant now) noexcept {
    if (revision_ == Revision::V4) lost_at_ = now + interval_ + timeout_;
  }
  /// V3: any packet came.
  void receive_packet(Instant now) noexcept {
    if (revision_ == Revision::V3) lost_at_ = now + interval_ + timeout_;
  }

  /// When advance() has something to say.
  [[nodiscard]] Instant deadline() const noexcept {
    return revision_ == Revision::V4 || lost_at_ < ping_at_ ? lost_at_ : ping_at_;
  }
  /// `Ping`: send one now. `Lost`: the connection is.
  [[nodiscard]] Due advance(Instant now) noexcept {
    if (now >= lost_at_) return Due::Lost;
    if (revision_ == Revision::V4 || now < ping_at_) return Due::Nothing;
    ping_at_ = now + interval_;
    lost_at_ = now + timeout_;
    return Due::Ping;
  }

 private:
  Revision revision_;
  Duration interval_;
  Duration timeout_;
  Instant lost_at_;
  Instant ping_at_;  ///< V3 alone
};

}  // namespace core::client
