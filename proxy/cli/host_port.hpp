#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace proxy::cli {

/// An address to listen on or to connect to. `host` is a name or an address without brackets.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;  ///< 0 to listen: the system picks one
  bool operator==(const HostPort&) const = default;
};

enum class HostPortErrc : std::uint8_t { NoHost, NoPort, BadPort, BadHost };

/// `HOST:PORT`; an IPv6 address stands in brackets, `[::1]:3000`.
/// Errors: `NoHost` for `:3000`, `NoPort` without a port, `BadPort` for one that is no number up to
/// 65535, `BadHost` for spaces, slashes, `@`, or an IPv6 address without brackets.
[[nodiscard]] tl::expected<HostPort, HostPortErrc> parse_host_port(std::string_view text);

/// As a URL writes it: `127.0.0.1:3000`, `[::1]:3000`.
[[nodiscard]] std::string to_string(const HostPort& address);

}  // namespace proxy::cli
