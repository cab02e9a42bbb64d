#pragma once

#include <cstdint>
#include <tl/expected.hpp>

#include "proxy/net/descriptor.hpp"

namespace proxy::net {

/// Who is told when a descriptor becomes ready. `events` are EPOLLIN and its kin.
class Watcher {
 public:
  virtual void ready(std::uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

/// epoll, for one thread.
///
/// Sockets are watched for their whole life by one call, edge-triggered: an edge tells what came
/// about since the last look, and it is for the watcher to remember what it has not used up yet.
/// libuv's uv_poll_t would need a dozen calls for a short connection, and its level triggers spin
/// on the conditions that last (a FIN behind bytes that nobody reads).
class Poller {
 public:
  /// The error is an errno.
  [[nodiscard]] static tl::expected<Poller, int> open();

  /// Watches a connected or connecting socket for everything, until it is closed. Returns 0 or an
  /// errno. `watcher` lives until the turn in which the descriptor was closed is over.
  [[nodiscard]] int watch_socket(int fd, Watcher& watcher) noexcept;
  /// Watches for EPOLLIN, told again and again while it lasts.
  [[nodiscard]] int watch_input(int fd, Watcher& watcher) noexcept;
  void forget(int fd) noexcept;

  enum class Wait : std::uint8_t { None, UntilReady };
  /// One turn: waits, and tells the watchers.
  void turn(Wait wait);

 private:
  explicit Poller(Descriptor epoll) : epoll_(std::move(epoll)) {}
  [[nodiscard]] int add(int fd, Watcher& watcher, std::uint32_t events) noexcept;

  Descriptor epoll_;
};

}  // namespace proxy::net
