#pragma once

#include <cstdint>

#include "core/client/revision.hpp"
#include "core/instant.hpp"

namespace core::server {

/// The server's side of the Engine.IO heartbeat.
///
///     V4  pings every interval, counted from the last pong; a session whose pong does not come
///         within the timeout is over
///     V3  the client pings: a session that sends nothing for interval + timeout is over
///
/// Source: Engine.IO protocol v4, "Heartbeat"; engine.io 3.6, Socket.setPingTimeout().
class Heartbeat {
 public:
  enum class Due : std::uint8_t { Nothing, Ping, TimedOut };

  Heartbeat(client::Revision revision, Duration interval, Duration timeout, Instant now)
      : revision_(revision), interval_(interval), timeout_(timeout), due_(now + interval) {
    receive_packet(now);
  }

  void receive_pong(Instant now) noexcept {
    waiting_ = false;
    due_ = now + interval_;
  }
  void receive_packet(Instant now) noexcept {
    if (revision_ == client::Revision::V3) due_ = now + interval_ + timeout_;
  }
  [[nodiscard]] Instant deadline() const noexcept { return due_; }
  [[nodiscard]] Due advance(Instant now) noexcept {
    if (now < due_) return Due::Nothing;
    if (waiting_ || revision_ == client::Revision::V3) return Due::TimedOut;
    waiting_ = true;
    due_ = now + timeout_;
    return Due::Ping;
  }

 private:
  client::Revision revision_;
  Duration interval_;
  Duration timeout_;
  Instant due_;
  bool waiting_ = false;  ///< for a pong
};

}  // namespace core::server
