#include "proxy/net/stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace proxy::net {

Received Stream::read(std::span<char> into, bool to_the_last) noexcept {
  using Next = Received::Next;
  const ssize_t count = recv(socket_.get(), into.data(), into.size(), 0);
  if (count > 0) [[likely]] {
    const auto bytes = static_cast<std::size_t>(count);
    return {bytes, 0, bytes == into.size() || to_the_last ? Next::More : Next::Edge};
  }
  if (count == 0) return {0, 0, Next::End};
  if (errno == EAGAIN) return {0, 0, Next::Edge};
  if (errno == EINTR) return {0, 0, Next::More};
  return {0, errno, Next::Broken};
}

Sent Stream::write(std::span<const char> bytes) noexcept {
  const ssize_t taken = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (taken >= 0) [[likely]]
    return {static_cast<std::size_t>(taken), 0};
  return {0, errno == EAGAIN || errno == EINTR ? 0 : errno};
}

void Stream::end() noexcept { shutdown(socket_.get(), SHUT_WR); }

int Stream::take_error() noexcept {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

}  // namespace proxy::net
