#pragma once

#include <bit>
#include <cstdint>

#include "core/json/scan.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace core::json {

/// Which of the 16 bytes from `at` on are digits; bit 0 is the first byte. Any alignment.
/// This one needs no vectors; digit_bits() is the best there is.
[[nodiscard]] inline std::uint32_t digit_bits_portable(const char* at) noexcept {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < 16; ++i) bits |= std::uint32_t{is_digit(at[i])} << i;
  return bits;
}

[[nodiscard]] inline std::uint32_t digit_bits(const char* at) noexcept {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  const __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  return static_cast<std::uint32_t>(_mm_movemask_epi8(digits));
#else
  return digit_bits_portable(at);
#endif
}

/// The end of a number as most are: at most 15 bytes behind its sign, and no exponent. How long it
/// is is counted and not walked, for no branch can foretell it.
///
///     -12.75,"...      behind the sign 2 digits, a point, 2 digits
///
/// @param at A minus or a digit, and 17 more bytes that may be read.
/// @return nullptr: not such a number, or none at all.
[[nodiscard]] inline const char* plain_number_end(const char* at) noexcept {
  constexpr int kBlock = 16;
  at += *at == '-' ? 1 : 0;
  const std::uint32_t others = ~digit_bits(at);
  int length = std::countr_zero(others);
  if (length == 0 || length == kBlock || (*at == '0' && length != 1)) return nullptr;
  if (at[length] == '.') {
    const int fraction = std::countr_zero(others >> (length + 1));
    length += 1 + fraction;
    if (fraction == 0 || length == kBlock) return nullptr;
  }
  return (at[length] | 0x20) == 'e' ? nullptr : at + length;
}

}  // namespace core::json
