#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

namespace core::engineio {

/// Engine.IO packet types; the value is the digit on the wire.
/// Source: Engine.IO protocol v4, "Protocol".
enum class PacketType : std::uint8_t { Open, Close, Ping, Pong, Message, Upgrade, Noop };

/// One packet in text form:
///
///     <type digit>[<data>]     4hello
///     b<base64>                bAQID      a binary message
struct PacketView {
  PacketType type;
  /// UTF-8 text, may be empty; or, when `base64`, the digits of a binary message, for
  /// decode_base64(). Borrows the decoder's input.
  std::string_view data;
  bool base64 = false;
};

enum class PacketErrc : std::uint8_t {
  Empty,
  UnknownType,
  BrokenPayload,  ///< Of a whole payload, not of a packet: its framing (v3), or what is around it (JSONP).
};

struct PacketError {
  PacketErrc code;
  std::size_t offset_bytes;  ///< Where decoding stopped, from the start of the input.
};

/// Decodes one text packet. Allocates nothing. The official parser takes `b` in any text, also in a
/// WebSocket message, and so does this. Its "error" packet is our error, for the same inputs.
/// Errors: `Empty` for no bytes; `UnknownType` for a first byte that is neither `0`..`6` nor `b`.
/// Source: Engine.IO protocol v4, "Packet encoding"; engine.io-parser 5.2.3, decodePacket().
[[nodiscard]] inline tl::expected<PacketView, PacketError> decode_packet(
    std::string_view text) noexcept {
  if (text.empty()) return tl::unexpected(PacketError{PacketErrc::Empty, 0});

  const char first = text.front();
  if (first == 'b') return PacketView{PacketType::Message, text.substr(1), true};
  if (first < '0' || first > '6') return tl::unexpected(PacketError{PacketErrc::UnknownType, 0});

  return PacketView{static_cast<PacketType>(first - '0'), text.substr(1)};
}

/// The official parser's name of a type: "open", "close", ...
[[nodiscard]] constexpr std::string_view name(PacketType type) noexcept {
  switch (type) {
    case PacketType::Open:
      return "open";
    case PacketType::Close:
      return "close";
    case PacketType::Ping:
      return "ping";
    case PacketType::Pong:
      return "pong";
    case PacketType::Message:
      return "message";
    case PacketType::Upgrade:
      return "upgrade";
    case PacketType::Noop:
      return "noop";
  }
  return {};
}

/// The words for a report.
[[nodiscard]] constexpr std::string_view reason_text(PacketErrc code) noexcept {
  switch (code) {
    case PacketErrc::Empty:
      return "parser error: an empty packet";
    case PacketErrc::UnknownType:
      return "parser error: unknown packet type";
    case PacketErrc::BrokenPayload:
      return "parser error: a payload whose framing does not hold";
  }
  return {};
}

}  // namespace core::engineio
