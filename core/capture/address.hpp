#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace core::capture {

/// An IP address and a port: one end of a TCP connection.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};  ///< of IPv4 the first four
  std::uint16_t port = 0;
  bool ipv6 = false;

  auto operator<=>(const Endpoint&) const = default;
};

/// `127.0.0.1:3000`, `[::1]:3000`. Source: RFC 5952.
[[nodiscard]] std::string text_of(const Endpoint& endpoint);

/// The other way; nothing: it is no numeric address with a port.
[[nodiscard]] std::optional<Endpoint> endpoint_of(std::string_view text);

}  // namespace core::capture
