#include "core/address/proxy_protocol.hpp"

#include <algorithm>
#include <array>

namespace core::address {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kV1Start = "PROXY ";
constexpr std::string_view kV2Signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t kV2HeadBytes = 16;

constexpr Preamble kNone{};
constexpr Preamble kTooShort{Preamble::Kind::TooShort, 0, {}};

std::uint8_t u8(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<std::uint8_t>(bytes[at]);
}
std::uint16_t u16(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<std::uint16_t>(u8(bytes, at) << 8 | u8(bytes, at + 1));
}

// --- Version 1 ---

/// Everything up to the next space, which goes too. Single spaces part the fields.
std::string_view take_field(std::string_view& line) noexcept {
  const std::size_t end = line.find(' ');
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(end == line.npos ? line.size() : end + 1);
  return field;
}

std::optional<IpAddress> field_address(std::string_view field, std::string_view family) noexcept {
  const bool ipv6 = field.find(':') != field.npos;
  if (ipv6 != (family == "TCP6") || field.find('%') != field.npos) return std::nullopt;
  return ip_address_of(field);
}

std::optional<Proxied> proxied_of(std::string_view family, std::string_view fields) noexcept {
  const auto source = field_address(take_field(fields), family);
  const auto destination = field_address(take_field(fields), family);
  const auto source_port = number_of(take_field(fields), 0xffff);
  const auto destination_port = number_of(fields, 0xffff);
  if (!source || !destination || !source_port || !destination_port) return std::nullopt;
  return Proxied{{*source, static_cast<std::uint16_t>(*source_port)},
                 {*destination, static_cast<std::uint16_t>(*destination_port)}};
}

Preamble read_v1(std::string_view bytes) noexcept {
  const std::size_t end = bytes.substr(0, kPreambleV1BytesMax).find("\r\n");
  if (end == bytes.npos) return bytes.size() < kPreambleV1BytesMax ? kTooShort : kNone;
  std::string_view line = bytes.substr(kV1Start.size(), end - kV1Start.size());
  Preamble preamble{Preamble::Kind::Whole, end + 2, {}};
  const std::string_view family = take_field(line);
  if (family == "UNKNOWN") return preamble;  // Whatever follows it in its line is passed over.
  if (family != "TCP4" && family != "TCP6") return kNone;
  preamble.proxied = proxied_of(family, line);
  return preamble.proxied ? preamble : kNone;
}

// --- Version 2 ---

constexpr std::uint8_t kTcp4 = 0x11, kTcp6 = 0x21;

SocketEnd end_at(std::string_view bytes, std::size_t address_at, std::size_t address_bytes,
                 std::size_t port_at) noexcept {
  SocketEnd end;
  if (address_bytes == 4) {
    std::array<std::uint8_t, 4> ipv4;
    for (std::size_t i = 0; i < 4; ++i) ipv4[i] = u8(bytes, address_at + i);
    end.address = IpAddress::of_ipv4(ipv4);
  } else {
    for (std::size_t i = 0; i < 16; ++i) end.address.bytes[i] = u8(bytes, address_at + i);
  }
  end.port = u16(bytes, port_at);
  return end;
}

Preamble read_v2(std::string_view bytes) noexcept {
  if (bytes.size() < kV2HeadBytes) {
    // The version and command are checked as soon as they are there: a wrong one never ends well.
    const bool can_be = bytes.size() <= kV2Signature.size() ||
                        (u8(bytes, 12) >> 4 == 2 && (u8(bytes, 12) & 0xf) <= 1);
    return can_be ? kTooShort : kNone;
  }
  const std::uint8_t version = u8(bytes, 12) >> 4, command = u8(bytes, 12) & 0xf;
  if (version != 2 || command > 1) return kNone;
  const std::size_t length = u16(bytes, 14), whole_bytes = kV2HeadBytes + length;
  if (whole_bytes > kPreambleBytesMax) return kNone;
  const std::uint8_t family = u8(bytes, 13);
  const bool proxied = command == 1;
  const std::size_t address_bytes = family == kTcp4 ? 4 : family == kTcp6 ? 16 : 0;
  if (proxied && length < 2 * address_bytes + (address_bytes == 0 ? 0 : 4)) return kNone;
  if (bytes.size() < whole_bytes) return kTooShort;

  Preamble preamble{Preamble::Kind::Whole, whole_bytes, {}};
  if (!proxied || address_bytes == 0) return preamble;
  const std::size_t ports_at = kV2HeadBytes + 2 * address_bytes;
  preamble.proxied =
      Proxied{end_at(bytes, kV2HeadBytes, address_bytes, ports_at),
              end_at(bytes, kV2HeadBytes + address_bytes, address_bytes, ports_at + 2)};
  return preamble;
}

void add_u16(unsigned number, std::string& out) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xff);
}

template <std::size_t Bytes>
void add_bytes(std::span<const std::uint8_t, Bytes> bytes, std::string& out) {
  out.append(bytes.begin(), bytes.end());
}

}  // namespace

Preamble read_preamble(std::string_view bytes) noexcept {
  const auto begins = [&](std::string_view start) {
    return bytes.substr(0, start.size()) == start.substr(0, bytes.size());
  };
  if (bytes.empty()) return kTooShort;
  if (begins(kV1Start)) return bytes.size() < kV1Start.size() ? kTooShort : read_v1(bytes);
  return begins(kV2Signature) ? read_v2(bytes) : kNone;
}

std::string preamble_of(const Proxied& proxied, PreambleVersion version) {
  const auto& [source, destination] = proxied;
  const bool ipv4 = source.address.is_ipv4() && destination.address.is_ipv4();
  std::string out;
  if (version == PreambleVersion::V1) {
    const auto add = [&](const IpAddress& address) {
      out += ' ';
      if (ipv4)
        add_ipv4(address.ipv4(), out);
      else
        add_ipv6(address.bytes, out);
    };
    out = ipv4 ? "PROXY TCP4" : "PROXY TCP6";
    add(source.address);
    add(destination.address);
    return out + " " + std::to_string(source.port) + " " + std::to_string(destination.port) +
           "\r\n";
  }
  out = kV2Signature;
  out += '\x21';
  out += static_cast<char>(ipv4 ? kTcp4 : kTcp6);
  add_u16(ipv4 ? 12 : 36, out);
  for (const IpAddress* const address : {&source.address, &destination.address}) {
    if (ipv4)
      add_bytes(address->ipv4(), out);
    else
      add_bytes(std::span<const std::uint8_t, 16>(address->bytes), out);
  }
  add_u16(source.port, out);
  add_u16(destination.port, out);
  return out;
}

}  // namespace core::address
