#pragma once

#include "core/instant.hpp"

namespace core::client {

/// The client's side of the Engine.IO v4 heartbeat: a ping must come within pingInterval +
/// pingTimeout of the last one (or of the handshake). Other packets are no sign of it. Source:
/// Engine.IO protocol v4, "Heartbeat"; engine.io-client 6.6, "do not reset the heartbeat timer on
/// each packet".
class Heartbeat {
 public:
  Heartbeat(Duration interval, Duration timeout, Instant now)
      : patience_(interval + timeout), deadline_(now + patience_) {}

  void receive_ping(Instant now) noexcept { deadline_ = now + patience_; }
  /// When the connection counts as lost.
  [[nodiscard]] Instant deadline() const noexcept { return deadline_; }

 private:
  Duration patience_;
  Instant deadline_;
};

}  // namespace core::client
