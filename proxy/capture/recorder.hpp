#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/capture/limits.hpp"
#include "proxy/capture/piece.hpp"

namespace proxy::capture {

/// A loop's end of the capture: copies what was read into the ring, and never waits. Belongs to the
/// loop; used on its thread only.
class Recorder {
 public:
  /// Both outlive it. `wake` is called when the capture's thread should look.
  Recorder(PieceRing& ring, const std::function<void()>& wake) : ring_(ring), wake_(wake) {}

  void opened(core::ConnectionId connection, std::string_view client, std::string_view server,
              core::Instant at) {
    const std::string text = std::string(client).append(" ").append(server);
    publish({.at = at,
             .connection = connection,
             .offset_bytes = 0,
             .text_bytes = static_cast<std::uint32_t>(text.size()),
             .kind = Piece::Kind::Opened,
             .direction = {},
             .end = {}},
            text, 0);
  }
  /// `offset_bytes`: how many of that direction came before them.
  void bytes(core::ConnectionId connection, core::Direction direction, std::uint64_t offset_bytes,
             std::span<const char> bytes, core::Instant at) {
    publish({.at = at,
             .connection = connection,
             .offset_bytes = offset_bytes,
             .text_bytes = static_cast<std::uint32_t>(bytes.size()),
             .kind = Piece::Kind::Bytes,
             .direction = direction,
             .end = {}},
            bytes, limits::kSpareRingBytes);
  }
  void ended(core::ConnectionId connection, core::Direction direction, core::StreamEnd end,
             core::Instant at) {
    publish({.at = at,
             .connection = connection,
             .offset_bytes = 0,
             .text_bytes = 0,
             .kind = Piece::Kind::Ended,
             .direction = direction,
             .end = end},
            {}, 0);
  }

  /// Around the loop's poll, as with the ring of events.
  void falls_asleep() noexcept { ring_.falls_asleep(); }
  void woke_up() noexcept { ring_.woke_up(); }
  void set_low_water(core::Instant at) noexcept { ring_.set_low_water(at); }

 private:
  void publish(const Piece& piece, std::span<const char> text, std::size_t spare_bytes) {
    ring_.publish(piece, text, spare_bytes);
    ring_.set_low_water(piece.at);
    if (ring_.wants_wake()) wake_();
  }

  PieceRing& ring_;
  const std::function<void()>& wake_;
};

}  // namespace proxy::capture
