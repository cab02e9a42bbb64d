#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace core::websocket {

/// A frame's masking key: its four bytes, in wire order, as they lie in memory.
/// Source: RFC 6455, section 5.3.
using MaskKey = std::uint32_t;

/// The key for payload that starts `bytes` further into the frame.
[[nodiscard]] constexpr MaskKey advance(MaskKey key, std::size_t bytes) noexcept {
  const int bits = static_cast<int>(bytes % 4) * 8;
  return std::endian::native == std::endian::little ? std::rotr(key, bits) : std::rotl(key, bits);
}

/// Unmasks `size_bytes` of payload in place, at any alignment, and says whether every unmasked
/// byte is ASCII: text that is needs no further check. A key of 0 only looks.
/// Works by 64-bit words; the compiler makes vectors of them.
[[nodiscard]] inline bool unmask(char* payload, std::size_t size_bytes, MaskKey key) noexcept {
  const std::uint64_t wide_key = std::uint64_t{key} << 32 | key;
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + 8 <= size_bytes; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, payload + at, 8);
    word ^= wide_key;
    std::memcpy(payload + at, &word, 8);
    seen |= word;
  }
  if (at + 4 <= size_bytes) {
    std::uint32_t word;
    std::memcpy(&word, payload + at, 4);
    word ^= key;
    std::memcpy(payload + at, &word, 4);
    seen |= word;
    at += 4;
  }
  unsigned char key_bytes[4];
  std::memcpy(key_bytes, &key, 4);
  for (std::size_t i = 0; at < size_bytes; ++at, ++i) {
    const auto byte =
        static_cast<unsigned char>(static_cast<unsigned char>(payload[at]) ^ key_bytes[i]);
    payload[at] = static_cast<char>(byte);
    seen |= byte;
  }
  return (seen & 0x8080808080808080u) == 0;
}

}  // namespace core::websocket
