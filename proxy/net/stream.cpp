#include "proxy/net/stream.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "proxy/net/socket_calls.hpp"
#include "proxy/tls/connection.hpp"

namespace proxy::net {

Stream::Stream() noexcept = default;
Stream::Stream(Descriptor socket) noexcept : socket_(std::move(socket)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() = default;

void Stream::secure(std::unique_ptr<tls::Connection> connection) noexcept {
  tls_ = std::move(connection);
}

Received Stream::read(std::span<char> into, Told told) noexcept {
  using Next = Received::Next;
  if (tls_) return tls_->read(into, told != Told::Bytes);
  const ssize_t count = receive_from(socket_.get(), into);
  if (count > 0) [[likely]] {
    const auto bytes = static_cast<std::size_t>(count);
    if (bytes == into.size() || told == Told::Urgent) return {bytes, 0, Next::More};
    return {bytes, 0, told == Told::Fin ? Next::End : Next::Edge};
  }
  if (count == 0) return {0, 0, Next::End};
  if (errno == EAGAIN) return {0, 0, Next::Edge};
  if (errno == EINTR) return {0, 0, Next::More};
  return {0, errno, Next::Broken};
}

Sent Stream::write(std::span<const char> bytes, Follows follows) noexcept {
  if (tls_) return tls_->write(bytes);
  const ssize_t taken = send_to(socket_.get(), bytes, follows == Follows::Fin ? MSG_MORE : 0);
  if (taken >= 0) [[likely]]
    return {static_cast<std::size_t>(taken), 0};
  return {0, errno == EAGAIN || errno == EINTR ? 0 : errno};
}

bool Stream::say_goodbye() noexcept { return !tls_ || tls_->say_goodbye(); }

bool Stream::truncated() const noexcept { return tls_ && tls_->truncated(); }

void Stream::end() noexcept { shutdown(socket_.get(), SHUT_WR); }

int Stream::take_error() noexcept {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

}  // namespace proxy::net
