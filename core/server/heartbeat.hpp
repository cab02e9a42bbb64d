#pragma once

#include <cstdint>

#include "core/instant.hpp"

namespace core::server {

/// The server's side of the Engine.IO v4 heartbeat: a ping every interval, counted from the last
/// pong; a session whose pong does not come within the timeout is over. Source: Engine.IO protocol
/// v4, "Heartbeat".
class Heartbeat {
 public:
  enum class Due : std::uint8_t { Nothing, Ping, TimedOut };

  Heartbeat(Duration interval, Duration timeout, Instant now)
      : interval_(interval), timeout_(timeout), due_(now + interval) {}

  void receive_pong(Instant now) noexcept {
    waiting_ = false;
    due_ = now + interval_;
  }
  [[nodiscard]] Instant deadline() const noexcept { return due_; }
  [[nodiscard]] Due advance(Instant now) noexcept {
    if (now < due_) return Due::Nothing;
    if (waiting_) return Due::TimedOut;
    waiting_ = true;
    due_ = now + timeout_;
    return Due::Ping;
  }

 private:
  Duration interval_;
  Duration timeout_;
  Instant due_;
  bool waiting_ = false;  ///< for a pong
};

}  // namespace core::server
