#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace core::json {

/// Whether a text has so many short tokens that it is quicker looked at by blocks than by tokens.
/// That is a guess, from the commas and colons at eight places of it: it decides what a look
/// costs, and never what comes of it.
/// @param text At least 64 bytes.
[[nodiscard]] inline bool looks_dense(std::string_view text) noexcept {
#if defined(__SSE2__)
  // Going by tokens takes some 3.5 ns for each token, going by blocks 0.4 ns a byte.
  constexpr int kBytesPerSeparator = 8;
  constexpr std::size_t kPlaces = 8;
  constexpr std::size_t kStep = 16;
  const std::size_t stride = (text.size() - kStep) / (kPlaces - 1);
  const __m128i comma = _mm_set1_epi8(',');
  const __m128i colon = _mm_set1_epi8(':');
  __m128i counts = _mm_setzero_si128();
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const auto* const at = reinterpret_cast<const __m128i*>(text.data() + place * stride);
    const __m128i bytes = _mm_loadu_si128(at);
    counts = _mm_sub_epi8(counts, _mm_cmpeq_epi8(bytes, comma));
    counts = _mm_sub_epi8(counts, _mm_cmpeq_epi8(bytes, colon));
  }
  const __m128i sums = _mm_sad_epu8(counts, _mm_setzero_si128());
  const int count = _mm_extract_epi16(sums, 0) + _mm_extract_epi16(sums, 4);
  return count * kBytesPerSeparator >= static_cast<int>(kPlaces * kStep);
#else
  (void)text;
  return false;
#endif
}

}  // namespace core::json
