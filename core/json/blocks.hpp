// How it works. Compact JSON is looked at in blocks of 64 bytes. For each kind of byte a block has
// a word, a bit a byte, bit 0 the first. What JSON asks of neighbours is a shift then.
//
//     text      {"id":17,"ok":true}
//     quotes     1  1    1  1
//     colons         1       1
//     digits          11
//
// Each block begins with the last byte of the one before it, so that within a block every byte but
// this first one has the neighbour that it is judged by. Nothing has to be carried from block to
// block then, and four blocks can be judged at once, a lane each.

#pragma once

#include <cstddef>
#include <cstdint>

namespace core::json {

inline constexpr std::ptrdiff_t kBlockBytes = 64;
inline constexpr std::ptrdiff_t kBlockStep = kBlockBytes - 1;
inline constexpr std::ptrdiff_t kLanes = 4;
inline constexpr std::ptrdiff_t kBatchStep = kLanes * kBlockStep;

/// One kind of byte in each of four blocks.
struct alignas(32) LaneWords {
  std::uint64_t of[kLanes];
};

/// What the bytes of four blocks are. In strings that means nothing: where those are is the
/// caller's business.
struct Blocks {
  LaneWords quotes;
  LaneWords backslashes;
  LaneWords controls;  ///< Bytes below 0x20.
  LaneWords opening;   ///< Brackets, of arrays and of objects.
  LaneWords closing;
  LaneWords square;  ///< Which of the brackets are of arrays. Of other bytes anything.
  LaneWords commas;
  LaneWords colons;
  LaneWords digits;
  LaneWords zeros;
  LaneWords minuses;
  LaneWords points;
};

/// A way to read blocks, for a kind of machine.
struct BlockReader {
  /// @param at The first block of the four. Any alignment.
  void (*read)(const char* at, Blocks& blocks) noexcept;

  /// The same near the text's end. Behind it there is nothing.
  /// @param end At most kBatchStep + 1 bytes behind `at`; 64 bytes before it may be read.
  void (*read_last)(const char* at, const char* end, Blocks& blocks) noexcept;

  /// Passes over ordinary bytes of a string, 64 at a time: to the first of those that are not all
  /// ordinary, or that end at `end` or behind it.
  const char* (*skip_plain)(const char* at, const char* end) noexcept;
};

/// With AVX2, and with AVX-512BW: to be called where the machine has them. All null when this was
/// not built for such machines.
extern const BlockReader kBlockReader32;
extern const BlockReader kBlockReader64;

}  // namespace core::json
