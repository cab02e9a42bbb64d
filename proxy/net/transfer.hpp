#pragma once

#include <cstddef>
#include <cstdint>

namespace proxy::net {

/// What edges have told that a socket holds besides plain bytes, and what a read that brings less
/// than was asked for means for that.
enum class Told : std::uint8_t {
  Bytes,   ///< nothing else: it was all there is for now
  Fin,     ///< a FIN stands behind the bytes, and is next
  Urgent,  ///< there is an urgent byte, where a read stops: there may be more
};

/// What a read came to.
struct Received {
  enum class Next : std::uint8_t {
    More,    ///< there may be more: read again
    Later,   ///< ... when others have had their turn: no edge tells of it
    Edge,    ///< there is no more for now: an edge tells when there is
    End,     ///< the peer has said FIN, and this was all: perhaps its last bytes
    Broken,  ///< `error` says why
  };
  std::size_t bytes = 0;  ///< none with Broken
  int error = 0;          ///< an errno
  Next next = Next::Edge;
};

/// Whether a write is all for now. Its receiver should not have to be woken twice.
enum class Follows : std::uint8_t {
  Nothing,
  Fin,  ///< at once: the bytes wait for it
};

/// What a write came to. What was not taken has to wait for an edge.
struct Sent {
  std::size_t bytes = 0;
  int error = 0;  ///< an errno: the receiver is gone
};

}  // namespace proxy::net
