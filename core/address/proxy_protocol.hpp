#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/address/ip_address.hpp"

// The PROXY protocol: a preamble with which a proxy says whose connection it passes on, ahead of
// the connection's own bytes. Source: HAProxy, "The PROXY protocol, versions 1 & 2", 2020/03/05.
//
//     v1  PROXY TCP4 192.0.2.1 198.51.100.7 53212 443\r\n         107 bytes at most; or TCP6, or
//         PROXY UNKNOWN ...\r\n
//
//     v2  | signature, 12 | 0x2 command, 1 | family protocol, 1 | length, 2 | addresses | TLVs |
//                                                                           `-- length bytes --'
//         command 0 LOCAL, 1 PROXY; 0x11 TCP over IPv4 (12 bytes of addresses), 0x21 over IPv6 (36)

namespace core::address {

/// Whose connection it is, and where the client meant to go.
struct Proxied {
  SocketEnd source;
  SocketEnd destination;

  friend bool operator==(const Proxied&, const Proxied&) = default;
};

struct Preamble {
  enum class Kind : std::uint8_t {
    None,      ///< the bytes begin with no preamble: they are the connection's own, all of them
    TooShort,  ///< so far they may be one; more will tell
    Whole,     ///< one stands in front of them
  };
  Kind kind = Kind::None;
  std::size_t bytes = 0;  ///< of a Whole one
  /// Nothing where it names no TCP connection: LOCAL, UNKNOWN, a UNIX socket, or a kind that is not
  /// known. Then the connection is the proxy's own, and its socket's address stands.
  std::optional<Proxied> proxied = {};
};

/// The longest version 1, its line end included.
inline constexpr std::size_t kPreambleV1BytesMax = 107;
/// The longest version 2 that is read. With addresses alone it takes 52 bytes, and senders keep
/// under 536, which every path carries in one segment; a client's certificate may come in its TLVs.
inline constexpr std::size_t kPreambleBytesMax = std::size_t{16} << 10;

/// Looks for a preamble in front of what a connection has brought so far. Allocates nothing. What
/// is damaged (an address that is none, a version 3, more bytes than the limits) is no preamble:
/// None.
/// Law: TooShort is said of nothing but the beginnings of a preamble, and of fewer than
/// kPreambleBytesMax bytes.
[[nodiscard]] Preamble read_preamble(std::string_view bytes) noexcept;

enum class PreambleVersion : std::uint8_t { V1, V2 };

/// A preamble that names a TCP connection. Where the two ends are of different families, both are
/// written as IPv6.
[[nodiscard]] std::string preamble_of(const Proxied& proxied, PreambleVersion version);

}  // namespace core::address
