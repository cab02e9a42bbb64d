#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "proxy/net/descriptor.hpp"

namespace proxy::net {

/// What a read came to.
struct Received {
  enum class Next : std::uint8_t {
    More,    ///< there may be more: read again
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

/// One end of a tunnel as a stream of bytes: a non-blocking socket that is watched edge-triggered.
class Stream {
 public:
  Stream() = default;
  explicit Stream(Descriptor socket) noexcept : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// `to_the_last`: a FIN or an urgent byte has come, so a read that brings less than was asked for
  /// may not have been the last.
  [[nodiscard]] Received read(std::span<char> into, bool to_the_last) noexcept;
  [[nodiscard]] Sent write(std::span<const char> bytes) noexcept;
  /// Says FIN. If that fails the receiver is gone, which an edge will tell.
  void end() noexcept;
  /// The error that the socket holds (SO_ERROR), as an errno, and holds no more; or 0.
  [[nodiscard]] int take_error() noexcept;

  void close() noexcept { socket_.close(); }
  /// Closes with a reset, so that the peer sees an abort.
  void reset() noexcept { socket_.reset(); }

 private:
  Descriptor socket_;
};

}  // namespace proxy::net
