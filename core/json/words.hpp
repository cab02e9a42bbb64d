#pragma once

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace core::json {

/// Whether the words in a text are true, false and null. Where they begin is noted first, and
/// looked at later, many at once: how many are in a block no branch could foretell.
class Words {
 public:
  /// @param end The text's; 8 bytes before it may be read.
  explicit Words(const char* end) noexcept : last_load_(end - sizeof(std::uint64_t)) {}

  /// @param begins Bytes of the block where a word should begin.
  /// @param letters All bytes of words that were not seen before.
  [[gnu::always_inline, gnu::target("bmi,popcnt")]] void note(std::uint64_t begins,
                                                              std::uint64_t letters,
                                                              const char* block) noexcept {
    letters_ -= static_cast<std::uint64_t>(__builtin_popcountll(letters));
    const char** to = noted_.data() + count_;
    count_ += static_cast<std::size_t>(__builtin_popcountll(begins));
    for (int i = 0; i < 3; ++i, begins &= begins - 1) *to++ = block + _tzcnt_u64(begins);
    if (begins != 0) [[unlikely]] {
      for (; begins != 0; begins &= begins - 1) *to++ = block + _tzcnt_u64(begins);
    }
    constexpr std::size_t kBlockMax = 32 + 3;
    if (count_ > noted_.size() - kBlockMax) [[unlikely]]
      look();
  }

  /// Each word that begins as it should has at least its letters. So when these are as many as
  /// there are letters, none has more.
  [[nodiscard]] bool are_right() noexcept {
    look();
    return (wrong_ | letters_) == 0;
  }

 private:
  struct Word {
    std::uint64_t bytes;
    std::uint64_t mask;
    std::uint64_t letters;
  };
  static constexpr Word kWords[] = {
      {0x65'73'6c'61'66, 0xff'ff'ff'ff'ff, 5},  // false
      {0x6c'6c'75'6e, 0xff'ff'ff'ff, 4},        // null
      {0x65'75'72'74, 0xff'ff'ff'ff, 4},        // true
      {~std::uint64_t{0}, 0, 0},                // None.
  };

  [[gnu::noinline, gnu::target("avx2")]] void look() noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      const char* const at = noted_[i];
      const char* const from = at < last_load_ ? at : last_load_;
      std::uint64_t bytes;
      std::memcpy(&bytes, from, sizeof bytes);
      bytes >>= 8 * static_cast<unsigned>(at - from);
      const Word& word = kWords[bytes >> 3 & 3];  // Where the letters f, n and t differ.
      wrong_ |= (bytes & word.mask) ^ word.bytes;
      letters_ += word.letters;
    }
    count_ = 0;
  }

  const char* last_load_;
  std::uint64_t wrong_ = 0;
  std::uint64_t letters_ = 0;  ///< That words are known to have, less those that are there.
  std::size_t count_ = 0;
  std::array<const char*, 128> noted_;  // Left as it is: written before it is read.
};

}  // namespace core::json
#endif
