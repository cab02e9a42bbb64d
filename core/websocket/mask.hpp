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

/// What is unmasked at once.
using MaskBlock [[gnu::vector_size(16)]] = std::uint64_t;

/// Unmasks `size_bytes` of payload in place, at any alignment, and says whether every unmasked
/// byte is ASCII: text that is needs no further check. A key of 0 only looks.
/// This one is for less than a block ...
[[nodiscard, gnu::noinline]] inline bool unmask_bytes(char* payload, std::size_t size_bytes,
                                                      MaskKey key) noexcept {
  unsigned char key_bytes[4];
  std::memcpy(key_bytes, &key, 4);
  unsigned seen = 0;
  for (std::size_t at = 0; at < size_bytes; ++at) {
    const unsigned byte = static_cast<unsigned char>(payload[at]) ^ key_bytes[at % 4];
    payload[at] = static_cast<char>(byte);
    seen |= byte;
  }
  return seen < 0x80;
}

/// ... this for a block at least ...
[[nodiscard]] inline bool unmask_blocks(char* payload, std::size_t size_bytes,
                                        MaskKey key) noexcept {
  const auto block_of = [](MaskKey narrow) {
    const std::uint64_t wide = std::uint64_t{narrow} << 32 | narrow;
    return MaskBlock{wide, wide};
  };
  const auto unmasked = [](const char* at, MaskBlock wide_key) {
    MaskBlock block;
    std::memcpy(&block, at, sizeof block);
    return block ^ wide_key;
  };
  // The last block may lie over the one before, so it is read before that one is written.
  char* const last = payload + (size_bytes - sizeof(MaskBlock));
  const MaskBlock last_block = unmasked(last, block_of(advance(key, size_bytes)));
  MaskBlock seen = last_block;
  if (key == 0) {
    for (const char* at = payload; at < last; at += sizeof(MaskBlock))
      seen |= unmasked(at, MaskBlock{});
  } else {
    const MaskBlock wide_key = block_of(key);
    for (char* at = payload; at < last; at += sizeof(MaskBlock)) {
      const MaskBlock block = unmasked(at, wide_key);
      std::memcpy(at, &block, sizeof block);
      seen |= block;
    }
    std::memcpy(last, &last_block, sizeof last_block);
  }
  return ((seen[0] | seen[1]) & 0x8080808080808080u) == 0;
}

/// ... and this for both.
[[nodiscard]] inline bool unmask(char* payload, std::size_t size_bytes, MaskKey key) noexcept {
  return size_bytes < sizeof(MaskBlock) ? unmask_bytes(payload, size_bytes, key)
                                        : unmask_blocks(payload, size_bytes, key);
}

}  // namespace core::websocket
