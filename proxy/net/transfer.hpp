#pragma once

#include <cstddef>
#include <cstdint>

namespace proxy::net {

/// What a read came to.
struct Received {
  enum class Next : std::uint8_t {
    More,    ///< there may be more: read again
    Later,   ///< ... when others have had their turn: no edge tells of it
    Edge,    ///< there is no more for now: an edge tells when there is
    End,     ///< the peer has said FIN, and this was all
    Broken,  ///< `error` says why
  };
  std::size_t bytes = 0;  ///< none with End and Broken
  int error = 0;          ///< an errno
  Next next = Next::Edge;
};

/// What a write came to. What was not taken has to wait for an edge.
struct Sent {
  std::size_t bytes = 0;
  int error = 0;  ///< an errno: the receiver is gone
};

}  // namespace proxy::net
