#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace core::address {

/// An IPv4 or IPv6 address. IPv4 is kept as IPv6 has it, `::ffff:a.b.c.d`, so an address that came
/// through a socket of the other family is the same address. Source: RFC 4291, section 2.5.5.2.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] static IpAddress of_ipv4(std::span<const std::uint8_t, 4> bytes) noexcept;
  [[nodiscard]] bool is_ipv4() const noexcept;
  /// Its four bytes, if it is one.
  [[nodiscard]] std::span<const std::uint8_t, 4> ipv4() const noexcept {
    return std::span(bytes).last<4>();
  }

  auto operator<=>(const IpAddress&) const = default;
};

/// One end of a TCP connection.
struct SocketEnd {
  IpAddress address;
  std::uint16_t port = 0;

  auto operator<=>(const SocketEnd&) const = default;
};

/// `10.0.0.1`, `2001:db8::1`. Source: RFC 5952.
[[nodiscard]] std::string text_of(const IpAddress& address);
/// `10.0.0.1:4000`, `[2001:db8::1]:4000`.
[[nodiscard]] std::string text_of(const SocketEnd& end);

/// Reads `10.0.0.1`, `2001:db8::1` or `::ffff:10.0.0.1`, without brackets; a zone (`%eth0`) is
/// passed over. Nothing: it is no address.
[[nodiscard]] std::optional<IpAddress> ip_address_of(std::string_view text) noexcept;
/// Reads `10.0.0.1:4000` or `[2001:db8::1]:4000`.
[[nodiscard]] std::optional<SocketEnd> socket_end_of(std::string_view text) noexcept;

// What the above is made of. Whoever keeps the families apart (core/capture) uses these.

/// Dotted decimal: four numbers up to 255, without leading zeros.
[[nodiscard]] bool read_ipv4(std::string_view text, std::span<std::uint8_t, 4> out) noexcept;
/// Source: RFC 4291, section 2.2, with its third form, which ends in IPv4.
[[nodiscard]] bool read_ipv6(std::string_view text, std::span<std::uint8_t, 16> out) noexcept;
void add_ipv4(std::span<const std::uint8_t, 4> bytes, std::string& out);
void add_ipv6(std::span<const std::uint8_t, 16> bytes, std::string& out);
/// A decimal number up to `most`, digits alone; nothing for anything else.
[[nodiscard]] std::optional<unsigned> number_of(std::string_view digits, unsigned most) noexcept;

}  // namespace core::address
