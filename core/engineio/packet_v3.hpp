#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "core/engineio/packet.hpp"

namespace core::engineio {

/// One packet of Engine.IO 3:
///
///     <type digit>[<data>]       4hello      text
///     b<type digit><base64>      b4AQID      binary in text
///     <type byte><data>          04 01 02    binary (the type is a number, not a digit)
struct PacketV3View {
  std::optional<PacketType> type;  ///< Nothing: binary whose type is unknown. No error over there.
  /// UTF-8 text; or bytes, when `binary`; or the digits for decode_base64(), when `base64`. May be
  /// empty. Borrows the decoder's input.
  std::string_view data;
  bool binary = false;
  bool base64 = false;
};

/// The type that a number stands for, if any.
[[nodiscard]] constexpr std::optional<PacketType> packet_type(unsigned number) noexcept {
  if (number > 6) return std::nullopt;
  return static_cast<PacketType>(number);
}

/// Decodes a text packet. Allocates nothing.
/// Errors: `Empty` for no bytes; `UnknownType` for a first byte that is neither `0`..`6` nor `b`.
/// What follows `b` is never refused: a character that is no type leaves the packet without one.
/// Source: engine.io-parser 2.2.1, decodePacket() and decodeBase64Packet().
[[nodiscard]] inline tl::expected<PacketV3View, PacketError> decode_packet_v3(
    std::string_view text) noexcept {
  if (text.empty()) return tl::unexpected(PacketError{PacketErrc::Empty, 0});

  const auto number = [](char digit) { return static_cast<unsigned char>(digit) - unsigned{'0'}; };
  if (text.front() != 'b') {
    const std::optional<PacketType> type = packet_type(number(text.front()));
    if (!type) return tl::unexpected(PacketError{PacketErrc::UnknownType, 0});
    return PacketV3View{type, text.substr(1)};
  }

  PacketV3View packet;
  packet.base64 = true;
  text.remove_prefix(1);
  if (text.empty()) return packet;
  const auto first = static_cast<unsigned char>(text.front());
  packet.type = packet_type(number(text.front()));
  // The type is one UTF-16 unit. Of a character with two, the second is data: decode_base64() knows
  // it by its three stray bytes.
  const std::size_t unit_bytes = first < 0xc0 || first >= 0xf0 ? 1 : first < 0xe0 ? 2 : 3;
  packet.data = text.substr(std::min(unit_bytes, text.size()));
  return packet;
}

/// Decodes a binary packet: a WebSocket message or a piece of a binary payload. Nothing is refused.
/// Source: engine.io-parser 2.2.1, decodePacket().
[[nodiscard]] inline PacketV3View decode_binary_packet_v3(std::string_view bytes) noexcept {
  PacketV3View packet;
  packet.binary = true;
  if (bytes.empty()) return packet;
  packet.type = packet_type(static_cast<unsigned char>(bytes.front()));
  packet.data = bytes.substr(1);
  return packet;
}

}  // namespace core::engineio
