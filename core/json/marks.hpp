// How it works. Looking for the end of each string in turn costs a search a string, and each waits
// for the one before it. So the text is looked at in blocks of 64 bytes, whatever is in them: a bit
// a byte, set where a string could begin, end, or break. Walking over strings is then taking the
// lowest set bit.
//
//     text    {"title":"so \"be\" it","new":true}
//     bits     1     1 1   11  11   1 1   1

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace core::json {

/// A byte that means something in a string: a quote, a backslash, or a control character.
[[nodiscard]] constexpr bool is_mark(char byte) noexcept {
  return byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20;
}

/// Which of the 16 bytes from `at` on are marks; bit 0 is the first byte. Any alignment.
/// This one needs no vectors; mark_bits() is the best there is.
[[nodiscard]] inline std::uint32_t mark_bits_portable(const char* at) noexcept {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < 16; ++i) bits |= std::uint32_t{is_mark(at[i])} << i;
  return bits;
}

[[nodiscard]] inline std::uint32_t mark_bits(const char* at) noexcept {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i any = _mm_or_si128(control, _mm_or_si128(quote, backslash));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(any));
#else
  return mark_bits_portable(at);
#endif
}

/// The marks of the block of 64 bytes at `block`, bit 0 its first byte; of less where the text
/// ends.
/// @param begin The text's begin, or the block before: from here up to `end` may be read.
[[nodiscard]] std::uint64_t block_bits(const char* block, const char* begin,
                                       const char* end) noexcept;

/// The same, with what every machine of this kind has. block_bits() is the best of this machine.
[[nodiscard]] std::uint64_t block_bits_baseline(const char* block, const char* begin,
                                                const char* end) noexcept;

/// The marks of a text, from left to right. Never reads outside of it.
class Marks {
 public:
  /// @param text Borrowed as long as this lives.
  explicit Marks(std::string_view text) noexcept
      : block_(text.data()), end_(block_ + text.size()), bits_(block_bits(block_, block_, end_)) {}

  /// Takes the first mark off; nullptr when there is none.
  [[nodiscard, gnu::always_inline]] const char* take() noexcept {
    while (bits_ == 0) [[unlikely]] {
        if (end_ - block_ <= kBlock) return nullptr;
        const char* const last_block = block_;
        block_ += kBlock;
        bits_ = block_bits(block_, last_block, end_);
      }
    const char* const mark = block_ + std::countr_zero(bits_);
    bits_ &= bits_ - 1;
    return mark;
  }

  /// Forgets the marks before `at`.
  [[gnu::always_inline]] void drop_before(const char* at) noexcept {
    while (at - block_ >= kBlock && end_ - block_ > kBlock) {
      const char* const last_block = block_;
      block_ += kBlock;
      bits_ = block_bits(block_, last_block, end_);
    }
    bits_ = at - block_ < kBlock ? bits_ & ~std::uint64_t{0} << (at - block_) : 0;
  }

 private:
  static constexpr std::ptrdiff_t kBlock = 64;

  const char* block_;
  const char* end_;
  std::uint64_t bits_;  ///< Of the block, without those that were taken.
};

}  // namespace core::json
