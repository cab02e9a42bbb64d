#include "core/websocket/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace core::websocket {
namespace {

/// Bytes of the sequence that starts at `at`, or 0 when it is malformed or cut off.
std::size_t sequence_bytes(const unsigned char* at, std::size_t left_bytes) noexcept {
  const auto continues = [&](std::size_t i) { return (at[i] & 0xC0u) == 0x80u; };
  const unsigned char lead = at[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;  // A continuation byte, or an overlong form of ASCII.
  if (lead < 0xE0) return left_bytes >= 2 && continues(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (left_bytes < 3 || !continues(1) || !continues(2)) return 0;
    if (lead == 0xE0 && at[1] < 0xA0) return 0;   // Overlong.
    if (lead == 0xED && at[1] >= 0xA0) return 0;  // A surrogate.
    return 3;
  }
  if (lead > 0xF4 || left_bytes < 4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  if (lead == 0xF0 && at[1] < 0x90) return 0;   // Overlong.
  if (lead == 0xF4 && at[1] >= 0x90) return 0;  // Above U+10FFFF.
  return 4;
}

}  // namespace

bool valid_utf8(std::string_view text) noexcept {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t size = text.size();
  std::size_t at = 0;
  while (at < size) {
    // ASCII first, 16 bytes a step; most messages never leave this loop.
    for (; at + 16 <= size; at += 16) {
      std::uint64_t words[2];
      std::memcpy(words, bytes + at, 16);
      if ((words[0] | words[1]) & 0x8080808080808080u) break;
    }
    // Then sequence by sequence, until a run of 16 ASCII bytes may have begun again.
    for (int ascii = 0; at < size && ascii < 16;) {
      const std::size_t step = sequence_bytes(bytes + at, size - at);
      if (step == 0) return false;
      ascii = step == 1 ? ascii + 1 : 0;
      at += step;
    }
  }
  return true;
}

}  // namespace core::websocket
