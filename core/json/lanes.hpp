#pragma once

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstdint>

#include "core/json/blocks.hpp"

/// Words of four blocks at once, in a register. Operators of C++ work lane by lane: + carries
/// nothing from lane to lane, and what a shift loses is lost.
namespace core::json {

using Lanes [[gnu::vector_size(32)]] = std::uint64_t;

[[gnu::always_inline, gnu::target("avx2")]] inline Lanes load(const LaneWords& words) noexcept {
  return reinterpret_cast<Lanes>(_mm256_load_si256(reinterpret_cast<const __m256i*>(words.of)));
}

[[gnu::always_inline, gnu::target("avx2")]] inline void store(Lanes lanes,
                                                              LaneWords& words) noexcept {
  _mm256_store_si256(reinterpret_cast<__m256i*>(words.of), reinterpret_cast<__m256i>(lanes));
}

[[gnu::always_inline, gnu::target("avx2")]] inline Lanes everywhere(std::uint64_t word) noexcept {
  return reinterpret_cast<Lanes>(_mm256_set1_epi64x(static_cast<long long>(word)));
}

[[gnu::always_inline, gnu::target("avx2")]] inline bool is_any(Lanes lanes) noexcept {
  const auto bits = reinterpret_cast<__m256i>(lanes);
  return _mm256_testz_si256(bits, bits) == 0;
}

/// The last byte of each block: bit 0 that of the first block.
[[gnu::always_inline, gnu::target("avx2")]] inline unsigned last_bytes(Lanes lanes) noexcept {
  return static_cast<unsigned>(_mm256_movemask_pd(reinterpret_cast<__m256d>(lanes)));
}

/// Lanes that are all bits, where a bit of `which` is set.
[[gnu::always_inline, gnu::target("avx2")]] inline Lanes fill(unsigned which) noexcept {
  const Lanes lane_bit = {1, 2, 4, 8};
  return reinterpret_cast<Lanes>((everywhere(which) & lane_bit) == lane_bit);
}

/// For each byte, whether those from the block's begin up to it are odd in number.
[[gnu::always_inline, gnu::target("avx2")]] inline Lanes parity(Lanes bytes) noexcept {
  bytes ^= bytes << 1;
  bytes ^= bytes << 2;
  bytes ^= bytes << 4;
  bytes ^= bytes << 8;
  bytes ^= bytes << 16;
  return bytes ^ bytes << 32;
}

/// Runs of bytes, some of which are passed through from their begin to the byte behind their end.
struct Passage {
  Lanes ends;    ///< Bytes behind the end of those.
  bool goes_on;  ///< Of the last block's last byte, and so of the next block's first: whether it is
                 ///< in or behind such a run.
};

/// How it works: adding the begin of a run to the run clears it, and sets the bit behind it.
/// @param runs With the first byte of a block, what is known of it as the last of the block before.
/// @param begins Of runs that are passed through; none a block's first byte.
/// @param goes_on As in Passage, of the blocks before.
[[gnu::always_inline, gnu::target("avx2")]] inline Passage pass_through(Lanes runs, Lanes begins,
                                                                        bool goes_on) noexcept {
  const Lanes sums = runs + begins;
  // A run that reaches a block's last byte, or ends before it, sets the next block going, as long
  // as that is the same run: there it has the next block's first byte.
  const unsigned sets = last_bytes(begins | (runs & ~sums) | (sums & ~runs));
  const Lanes last = everywhere(std::uint64_t{1} << 63);
  const unsigned passes =
      last_bytes(reinterpret_cast<Lanes>((runs | last) == everywhere(~std::uint64_t{0})));
  const unsigned carries = ((passes | sets) + sets + (goes_on ? 1U : 0U)) ^ passes;
  return {(sums - fill(carries)) & ~runs, (carries >> kLanes & 1) != 0};
}

}  // namespace core::json
#endif
