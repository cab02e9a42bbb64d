#pragma once

#include <cstddef>
#include <cstdint>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/instant.hpp"
#include "proxy/observe/ring.hpp"

namespace proxy::capture {

/// One thing that a connection did, on its way from its loop to the capture. Its text follows it.
struct Piece {
  enum class Kind : std::uint8_t {
    Opened,  ///< text: `CLIENT SERVER`, numeric endpoints
    Bytes,   ///< text: what was read
    Ended,   ///< no more bytes in `direction`; after a reset, in neither
  };
  core::Instant at;
  core::ConnectionId connection;
  std::uint64_t offset_bytes;  ///< of Bytes: where they stand in their direction's stream
  std::uint32_t text_bytes;
  Kind kind;
  core::Direction direction;
  core::StreamEnd end;
};
static_assert(sizeof(Piece) == 32);

using PieceRing = observe::Ring<Piece>;

}  // namespace proxy::capture

template <>
struct proxy::observe::RingFormat<proxy::capture::Piece> {
  static std::size_t text_bytes(const capture::Piece& piece) noexcept { return piece.text_bytes; }
};
