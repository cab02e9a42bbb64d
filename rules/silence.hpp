#pragma once

#include <algorithm>
#include <optional>

#include "core/session/session.hpp"

namespace rules {

/// A session is over because its client was heard no more. Returns its last sign of life; nullopt
/// when it ended otherwise, or its client only ever asked for a handshake and was never there.
[[nodiscard]] inline std::optional<core::Instant> last_heard_of(
    const core::session::Session& session) noexcept {
  using core::session::CloseCause;
  const bool by_server =
      session.cause == CloseCause::ServerClose || session.cause == CloseCause::ServerGone;
  const bool given_up = by_server && session.given_up(session.closed);
  if (session.cause != CloseCause::Silence && !given_up) return std::nullopt;
  if (session.heartbeat.heard_at == core::Instant{} && session.last_request == session.requested)
    return std::nullopt;
  return std::max(session.heartbeat.heard_at, session.last_request);
}

}  // namespace rules
