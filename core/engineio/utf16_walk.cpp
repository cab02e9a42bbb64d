#include "core/engineio/utf16_walk.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace core::engineio {
namespace {

/// The first byte in [at, end) that is not ASCII, or `end`.
const char* skip_ascii(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(block));
    if (mask != 0) return at + std::countr_zero(mask);
    at += 16;
  }
#endif
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    if ((word & 0x8080808080808080U) != 0) break;
    at += 8;
  }
  while (at != end && static_cast<unsigned char>(*at) < 0x80) ++at;
  return at;
}

}  // namespace

std::size_t Utf16Walk::take(std::string_view chunk, std::size_t& units_left) noexcept {
  const char* at = chunk.data();
  const char* const end = at + chunk.size();
  split_ = false;
  while (units_left != 0 && at != end) {
    if (tail_bytes_ == 0) {
      const auto bytes_max = std::min(units_left, static_cast<std::size_t>(end - at));
      const char* const stop = skip_ascii(at, at + bytes_max);
      units_left -= static_cast<std::size_t>(stop - at);
      at = stop;
      if (units_left == 0 || at == end) break;
      if (!start_character(static_cast<unsigned char>(*at++))) --units_left;
      continue;
    }

    const auto byte = static_cast<unsigned char>(*at);
    if (byte < low_ || byte > high_) {  // The character is cut short; this byte starts another.
      tail_bytes_ = 0;
      saw_invalid_ = true;
      --units_left;
      continue;
    }
    ++at;
    saw_surrogate_ = saw_surrogate_ || (after_ed_ && byte >= 0xa0);
    after_ed_ = false;
    low_ = 0x80;
    high_ = 0xbf;
    if (--tail_bytes_ != 0) continue;
    split_ = astral_ && units_left == 1;
    units_left -= astral_ && !split_ ? 2 : 1;
  }
  return static_cast<std::size_t>(at - chunk.data());
}

/// False: a byte that starts no character, one U+FFFD by itself.
bool Utf16Walk::start_character(unsigned char lead) noexcept {
  if (lead < 0xc2 || lead > 0xf4) {
    saw_invalid_ = true;
    return false;
  }
  tail_bytes_ = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  astral_ = lead >= 0xf0;
  after_ed_ = lead == 0xed;
  low_ = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  high_ = lead == 0xf4 ? 0x8f : 0xbf;
  return true;
}

}  // namespace core::engineio
