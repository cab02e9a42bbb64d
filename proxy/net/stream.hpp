#pragma once

#include <memory>
#include <span>

#include "proxy/net/descriptor.hpp"
#include "proxy/net/transfer.hpp"

namespace proxy::tls {
class Connection;
}

namespace proxy::net {

/// One end of a tunnel as a stream of bytes: a non-blocking socket that is watched edge-triggered,
/// or what TLS makes of it.
class Stream {
 public:
  Stream() noexcept;
  explicit Stream(Descriptor socket) noexcept;
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// From here on what is read and written is inside of TLS. `connection` is over this very socket.
  void secure(std::unique_ptr<tls::Connection> connection) noexcept;
  /// Null: it is plain. Stays after close(), to say what was wrong.
  [[nodiscard]] tls::Connection* secured() const noexcept { return tls_.get(); }

  [[nodiscard]] Received read(std::span<char> into, Told told) noexcept;
  [[nodiscard]] Sent write(std::span<const char> bytes,
                           Follows follows = Follows::Nothing) noexcept;
  /// The last thing before a FIN: close_notify, with TLS. False: there is no room for it; call
  /// again after an edge.
  [[nodiscard]] bool say_goodbye() noexcept;
  /// Says FIN. If that fails the receiver is gone, which an edge will tell.
  void end() noexcept;
  /// Its FIN was read, and no goodbye before it, as there should have been: perhaps it was cut off.
  [[nodiscard]] bool truncated() const noexcept;
  /// The error that the socket holds (SO_ERROR), as an errno, and holds no more; or 0.
  [[nodiscard]] int take_error() noexcept;

  void close() noexcept { socket_.close(); }
  /// Closes with a reset, so that the peer sees an abort.
  void reset() noexcept { socket_.reset(); }

 private:
  Descriptor socket_;
  std::unique_ptr<tls::Connection> tls_;
};

}  // namespace proxy::net
