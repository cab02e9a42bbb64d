#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <span>

namespace proxy::net {

// recv() and send() are points where a thread may be cancelled, which costs a program of several
// threads two atomic writes a call. Nobody cancels ours.

/// As recv().
inline ssize_t receive_from(int fd, std::span<char> into) noexcept {
  return syscall(SYS_recvfrom, fd, into.data(), into.size(), 0, nullptr, nullptr);
}

/// As send(), without SIGPIPE. `more`: MSG_MORE, or 0.
inline ssize_t send_to(int fd, std::span<const char> bytes, int more = 0) noexcept {
  return syscall(SYS_sendto, fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | more, nullptr, 0);
}

}  // namespace proxy::net
