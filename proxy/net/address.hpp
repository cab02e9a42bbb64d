#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/address/ip_address.hpp"
#include "proxy/net/start_error.hpp"

struct addrinfo;  // <netdb.h>

namespace proxy::net {

/// A place to listen or connect, as a user writes it.
struct Endpoint {
  std::string host;  ///< IPv4, IPv6 without brackets, or a name
  std::uint16_t port = 0;

  /// `127.0.0.1:3000`, `[::1]:3000`, `app:3000`
  [[nodiscard]] std::string text() const;
};

/// Reads `HOST:PORT`; an IPv6 host stands in brackets. Port 0 is for listening: the system picks
/// one.
[[nodiscard]] tl::expected<Endpoint, StartError> parse_endpoint(std::string_view text);

/// A server, as a user writes it.
struct HttpUrl {
  enum class Scheme : std::uint8_t { Http, Https };
  Scheme scheme = Scheme::Http;
  Endpoint endpoint;
};
/// Reads `http://HOST[:PORT]` or `https://...`, with or without a final slash; `wss` is `https`.
/// Another scheme, a path or a user is refused.
[[nodiscard]] tl::expected<HttpUrl, StartError> parse_http_url(std::string_view text);

/// One address that a socket can have.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] int family() const noexcept { return storage.ss_family; }
  /// Numeric. An IPv4 address that came through an IPv6 socket reads as IPv4.
  [[nodiscard]] Endpoint endpoint() const;
  /// The same in numbers; of another family than IPv4 and IPv6 none: `[::]:0`.
  [[nodiscard]] core::address::SocketEnd socket_end() const noexcept;
};

/// The address that a bound socket has.
[[nodiscard]] SocketAddress local_address(int fd);

/// Every address of a list as getaddrinfo() makes it, in its order. Borrows the list.
[[nodiscard]] std::vector<SocketAddress> addresses_of(const addrinfo* list);
/// Looks `endpoint` up, blocking: for start-up only. The error is getaddrinfo()'s (EAI_*).
[[nodiscard]] tl::expected<std::vector<SocketAddress>, int> resolve(const Endpoint& endpoint);

}  // namespace proxy::net
