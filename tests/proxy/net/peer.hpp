#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "proxy/net/address.hpp"
#include "proxy/net/descriptor.hpp"

/// Real sockets for tests: whoever talks through the forwarder. Everything waits for its condition,
/// 10 s at most.
namespace tests::net {

inline constexpr auto kPatience = std::chrono::seconds(10);

/// Waits until `condition` holds; false when patience ran out.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

enum class End : std::uint8_t { Fin, Reset, None };

/// One end of a TCP connection.
class Peer {
 public:
  explicit Peer(int fd) : socket_(fd) {}

  /// A socket that is not connected yet.
  [[nodiscard]] static Peer fresh(int family = AF_INET) {
    return Peer(::socket(family, SOCK_STREAM, 0));
  }
  [[nodiscard]] static Peer connect(const proxy::net::Endpoint& to) {
    const auto address = proxy::net::resolve(to)->front();
    Peer peer = fresh(address.family());
    peer.connect(address);
    return peer;
  }
  bool connect(const proxy::net::SocketAddress& address) {
    return ::connect(fd(), address.get(), address.length) == 0;
  }

  /// False when the other side is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Sends until nothing was taken for a while: the reader is not reading. Returns how many bytes
  /// went.
  std::size_t send_until_blocked(std::size_t bytes_max) {
    const std::string block(64 << 10, 'b');
    std::size_t total = 0;
    while (total < bytes_max) {
      const ssize_t sent = ::send(fd(), block.data(), block.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        total += static_cast<std::size_t>(sent);
        continue;
      }
      pollfd wait{fd(), POLLOUT, 0};
      if (poll(&wait, 1, 300) == 0) break;
    }
    return total;
  }
  /// At least one byte and at most `bytes_max`; empty at the end or when patience ran out.
  std::string receive_some(std::size_t bytes_max) {
    if (!socket_) return {};
    std::string bytes(bytes_max, '\0');
    pollfd wait{fd(), POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) <= 0)
      return {};
    const ssize_t count = ::recv(fd(), bytes.data(), bytes.size(), 0);
    end_ = count > 0 ? End::None : count == 0 ? End::Fin : End::Reset;
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }
  /// Exactly `bytes`, or fewer when the stream ended.
  std::string receive(std::size_t bytes) {
    std::string all;
    while (all.size() < bytes) {
      const std::string some = receive_some(bytes - all.size());
      if (some.empty()) break;
      all += some;
    }
    return all;
  }
  /// Everything up to the end; end() tells which.
  std::string receive_all() {
    std::string all;
    for (std::string some; !(some = receive_some(64 << 10)).empty();) all += some;
    return all;
  }
  /// How the stream ended, as the last receive met it.
  [[nodiscard]] End end() const { return end_; }
  /// How the stream has ended, without reading it: what a paused reader can know.
  End end_unread() {
    pollfd wait{fd(), POLLRDHUP, 0};
    if (poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) <= 0)
      return End::None;
    return (wait.revents & POLLERR) != 0 ? End::Reset : End::Fin;
  }
  /// Whether it has ended by now, unread.
  [[nodiscard]] bool ended_now() {
    pollfd wait{fd(), POLLRDHUP, 0};
    return poll(&wait, 1, 0) > 0;
  }

  void half_close() { ::shutdown(fd(), SHUT_WR); }
  void close() { socket_.close(); }
  void reset() { socket_.reset(); }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  proxy::net::Descriptor socket_;
  End end_ = End::None;
};

/// A server of one test.
class Server {
 public:
  explicit Server(const proxy::net::Endpoint& at = {"127.0.0.1", 0}) {
    const auto address = proxy::net::resolve(at)->front();
    listener_ = proxy::net::Descriptor(::socket(address.family(), SOCK_STREAM, 0));
    const int on = 1;
    setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bind(listener_.get(), address.get(), address.length);
    listen(listener_.get(), 1024);
    bound_ = proxy::net::local_address(listener_.get()).endpoint();
  }
  [[nodiscard]] Peer accept() {
    pollfd wait{listener_.get(), POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) <= 0)
      return Peer(-1);
    return Peer(::accept(listener_.get(), nullptr, nullptr));
  }
  /// Whether a client waits to be accepted.
  [[nodiscard]] bool has_waiting() {
    pollfd wait{listener_.get(), POLLIN, 0};
    return listener_ && poll(&wait, 1, 0) > 0;
  }
  [[nodiscard]] const proxy::net::Endpoint& endpoint() const { return bound_; }
  void close() { listener_.close(); }

 private:
  proxy::net::Descriptor listener_;
  proxy::net::Endpoint bound_;
};

}  // namespace tests::net
