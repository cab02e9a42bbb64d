#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Finding the end of a run of ordinary string bytes: where a validator spends its time.
namespace core::json {

/// Whether a byte ends such a run: a quote, a backslash, or a control character.
[[nodiscard]] constexpr bool ends_run(char byte) noexcept {
  return byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20;
}

/// The first byte in [at, end) that ends a run, or `end`.
/// @param begin Start of the text that `at` lies in: the last step may reach back to it, so that
///   sixteen bytes can be read at once without reading past the end.
[[nodiscard]] inline const char* skip_run(const char* begin, const char* at,
                                          const char* end) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  const auto stops = [&](const char* block) noexcept {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i either =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(either, control)));
  };
  while (end - at >= 16) {
    if (const std::uint32_t mask = stops(at); mask != 0) return at + std::countr_zero(mask);
    at += 16;
  }
  if (at == end) return end;
  if (end - begin >= 16) {
    const auto seen_already = static_cast<unsigned>(16 - (end - at));
    const std::uint32_t mask = stops(end - 16) >> seen_already;
    return mask == 0 ? end : at + std::countr_zero(mask);
  }
#else
  (void)begin;
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  // Exact as a whole-word test; which byte it was is left to the loop below.
  const auto has_zero = [](std::uint64_t word) noexcept { return (word - kOnes) & ~word & kHigh; };
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHigh;
    if ((has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\')) | control) != 0) break;
    at += 8;
  }
#endif
  while (at != end && !ends_run(*at)) ++at;
  return at;
}

}  // namespace core::json
