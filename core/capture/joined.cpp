#include "core/capture/joined.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/capture/endian.hpp"
#include "core/http/request_start.hpp"

namespace core::capture {
namespace {

/// The start of an Engine.IO packet is all that is looked at.
constexpr std::size_t kTextBytes = 8;

/// `2`, `3probe`, `40{...`, `451-[...`: a type, and for a message a Socket.IO type behind it.
bool is_engine_packet(std::string_view text, std::uint64_t whole_bytes) noexcept {
  if (text.empty()) return false;
  const std::string_view rest = text.substr(1);
  switch (text[0]) {
    case '0':
      return rest.starts_with('{');
    case '1':
    case '5':
    case '6':
      return whole_bytes == 1;
    case '2':
    case '3':
      return whole_bytes == 1 || (whole_bytes == 6 && rest.starts_with("probe"));
    case '4':
      return !rest.empty() && rest[0] >= '0' && rest[0] <= '6';
    default:
      return false;
  }
}

}  // namespace

Looks looks_of(std::string_view segment) noexcept {
  if (http::request_start(segment) == http::Start::Yes) return Looks::Request;
  if (segment.size() < 2) return Looks::Other;

  // | fin, rsv, opcode 1 | mask, length 1 | longer length 2 or 8 | mask 4 | payload |
  constexpr unsigned kFin = 0x80, kCompressed = 0x40, kText = 1, kBinary = 2;
  const unsigned first = u8(segment, 0);
  const unsigned opcode = first & 0xf;
  if ((first & kFin) == 0 || (first & 0x30) != 0 || (opcode != kText && opcode != kBinary))
    return Looks::Other;
  const bool masked = (u8(segment, 1) & 0x80) != 0;
  std::uint64_t size = u8(segment, 1) & 0x7fU;
  std::size_t header_bytes = 2;
  if (size == 126) {
    if (segment.size() < 4) return Looks::Other;
    size = u16(segment, 2);
    header_bytes = 4;
  } else if (size == 127) {
    return Looks::Other;  // Longer than a segment.
  }
  std::array<char, kTextBytes> text{};
  const std::size_t mask_at = header_bytes;
  if (masked) header_bytes += 4;
  if (size == 0 || segment.size() < header_bytes + size) return Looks::Other;
  const std::size_t looked_at = std::min<std::size_t>(size, kTextBytes);
  for (std::size_t i = 0; i < looked_at; ++i)
    text[i] =
        static_cast<char>(segment[header_bytes + i] ^ (masked ? segment[mask_at + i % 4] : '\0'));

  const bool plain = opcode == kText && (first & kCompressed) == 0;
  if (plain && is_engine_packet({text.data(), looked_at}, size))
    return masked ? Looks::FrameFromClient : Looks::FrameFromServer;
  if (plain || segment.size() != header_bytes + size) return Looks::Other;
  return masked ? Looks::SecretiveFromClient : Looks::SecretiveFromServer;
}

}  // namespace core::capture
