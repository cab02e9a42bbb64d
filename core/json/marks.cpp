// Both readers of a block take steps, of 16 or 32 bytes. Steps near the text's end reach back, so
// as not to read past it, and shift out what the step before has seen; a step behind the end shifts
// out everything. So a block that is cut off costs no branch.

#include "core/json/marks.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace core::json {
namespace {

constexpr std::ptrdiff_t kBlock = 64;

std::uint64_t tiny_block_bits(const char* block, const char* end) noexcept {
  std::uint64_t bits = 0;
  for (const char* at = block; at != end; ++at) bits |= std::uint64_t{is_mark(*at)} << (at - block);
  return bits;
}

#if defined(__x86_64__)
constexpr std::ptrdiff_t kWideStep = 32;

[[gnu::target("avx2")]] std::uint64_t wide_mark_bits(const char* at) noexcept {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
  const __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
  const __m256i backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
  const __m256i any = _mm256_or_si256(control, _mm256_or_si256(quote, backslash));
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(any));
}

/// @param end 32 bytes before it may be read.
[[gnu::target("avx2")]] std::uint64_t block_bits_avx2(const char* block, const char* end) noexcept {
  const std::ptrdiff_t last_step = end - kWideStep - block;
  if (last_step >= kWideStep)
    return wide_mark_bits(block) | wide_mark_bits(block + kWideStep) << kWideStep;
  const std::ptrdiff_t first = std::min<std::ptrdiff_t>(0, last_step);
  const std::ptrdiff_t second = std::min(kWideStep, last_step);
  return wide_mark_bits(block + first) >> -first |
         wide_mark_bits(block + second) >> (kWideStep - second) << kWideStep;
}

/// Asked once. False before that, which is right for every machine.
const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;
#endif

}  // namespace

std::uint64_t block_bits(const char* block, const char* begin, const char* end) noexcept {
#if defined(__x86_64__)
  if (kHasAvx2 && end - begin >= kWideStep) return block_bits_avx2(block, end);
#endif
  return block_bits_baseline(block, begin, end);
}

std::uint64_t block_bits_baseline(const char* block, const char* begin, const char* end) noexcept {
  constexpr std::ptrdiff_t kStep = 16;
  if (end - begin < kStep) return tiny_block_bits(block, end);
  const std::ptrdiff_t last_step = end - kStep - block;
  std::uint64_t bits = 0;
  for (std::ptrdiff_t step = 0; step < kBlock; step += kStep) {
    const std::ptrdiff_t from = std::min(step, last_step);
    bits |= std::uint64_t{mark_bits(block + from)} >> (step - from) << step;
  }
  return bits;
}

}  // namespace core::json
