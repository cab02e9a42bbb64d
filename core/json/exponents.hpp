#pragma once

#if defined(__x86_64__)
#include <bit>
#include <cstdint>

namespace core::json {

/// Exponents of numbers: `e`, perhaps a sign, digits.
struct Exponents {
  std::uint64_t letters;  ///< `e` and `E`.
  std::uint64_t signs;
  std::uint64_t digits_begin;
  std::uint64_t errors;
  /// What the next block has to know: of its first byte, whether it is such a letter (1), such a
  /// sign (2) or such a digit (4).
  std::uint64_t first;
};

/// @param first As above, of this block.
/// @param letters What is left of scalars that is no digit, minus or point.
[[gnu::noinline, gnu::target("avx2")]] inline Exponents follow_exponents(
    std::uint64_t first, std::uint64_t letters, std::uint64_t digits, std::uint64_t minuses,
    std::uint64_t points, const char* block) noexcept {
  Exponents exponents{};
  exponents.letters = (letters & digits << 1) | (first & 1);
  for (std::uint64_t bits = exponents.letters; bits != 0; bits &= bits - 1) {
    const int at = std::countr_zero(bits);
    if ((block[at] | 0x20) != 'e') exponents.errors |= bits & -bits;
  }
  exponents.signs = (minuses & exponents.letters << 1) | (first >> 1 & 1);
  for (std::uint64_t bits = letters & exponents.letters << 1; bits != 0; bits &= bits - 1) {
    const int at = std::countr_zero(bits);
    if (block[at] == '+') exponents.signs |= bits & -bits;
  }
  const std::uint64_t behind = (exponents.letters << 1 & ~exponents.signs) | exponents.signs << 1;
  exponents.errors |= behind & ~digits;
  exponents.digits_begin = behind & digits;

  // Where such digits end, neither a point nor a second exponent may stand.
  std::uint64_t ends = 0;
  const bool goes_on =
      __builtin_add_overflow(digits, exponents.digits_begin | (first >> 2 & 1), &ends);
  exponents.errors |= ends & ~digits & (points | exponents.letters);
  exponents.first = exponents.letters >> 63 | (exponents.signs >> 63) << 1 | (goes_on ? 4U : 0U);
  return exponents;
}

}  // namespace core::json
#endif
