#pragma once

#include <unistd.h>

#include <utility>

namespace proxy::net {

/// Owns a socket. Closing it ends the connection in order: bytes that the kernel still holds are
/// delivered, then FIN.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Descriptor() { close(); }

  /// The number, or -1.
  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// Closes with a reset (RST): what the kernel still holds is dropped, and the peer sees an abort.
  void reset() noexcept;

 private:
  int fd_ = -1;
};

}  // namespace proxy::net
