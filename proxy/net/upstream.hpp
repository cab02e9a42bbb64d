#pragma once

#include <uv.h>

#include <tl/expected.hpp>
#include <vector>

#include "proxy/net/address.hpp"
#include "proxy/net/descriptor.hpp"

namespace proxy::net {

/// Where a loop's connections go. The name was looked up once, at start; after a failure it is
/// looked up again in the background, for the connections that follow.
class Upstream {
 public:
  /// `addresses` is what `endpoint` resolved to, at least one. `loop` outlives this.
  Upstream(uv_loop_t* loop, Endpoint endpoint, std::vector<SocketAddress> addresses);
  ~Upstream();
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  [[nodiscard]] const Endpoint& endpoint() const noexcept { return endpoint_; }
  /// At least one; may change between two turns of the loop.
  [[nodiscard]] const std::vector<SocketAddress>& addresses() const noexcept { return addresses_; }
  /// Looks the name up again, unless that is under way already or there is no name.
  void look_up_again();

 private:
  struct LookUp {
    uv_getaddrinfo_t request;
    Upstream* upstream;  ///< null once it has left
  };

  uv_loop_t* loop_;
  Endpoint endpoint_;
  std::vector<SocketAddress> addresses_;
  LookUp* look_up_ = nullptr;  ///< under way; its callback frees it
};

/// A socket to connect with: non-blocking, TCP_NODELAY, SO_OOBINLINE. The error is an errno.
[[nodiscard]] tl::expected<Descriptor, int> open_upstream_socket(int family);
/// Before it connects: bytes are at hand and will be sent at once, so the last packet of the
/// handshake waits for them and travels with them.
void expect_bytes(int fd) noexcept;
/// It is connecting, and should not do so for ever: limits::kConnectSynRetries.
void bound_connecting(int fd) noexcept;

}  // namespace proxy::net
