#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// WTF-8: UTF-8 in which a lone surrogate, as JavaScript strings may hold, takes the three bytes
/// its code point would take (ED A0..BF xx). Source: https://simonsapin.github.io/wtf-8/
namespace core::json {

[[nodiscard]] constexpr bool is_high_surrogate(unsigned unit) noexcept {
  return unit >= 0xd800 && unit < 0xdc00;
}
[[nodiscard]] constexpr bool is_low_surrogate(unsigned unit) noexcept {
  return unit >= 0xdc00 && unit < 0xe000;
}

/// The character that two surrogates make.
[[nodiscard]] constexpr unsigned join(unsigned high, unsigned low) noexcept {
  return 0x10000U + ((high - 0xd800U) << 10U) + (low - 0xdc00U);
}

/// The surrogate written out at the start of `text`, or 0.
[[nodiscard]] constexpr unsigned surrogate_at(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '\xed') return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const auto third = static_cast<unsigned char>(text[2]);
  if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) return 0;
  return 0xd000U | (second & 0x3fU) << 6U | (third & 0x3fU);
}

/// One code point's bytes.
struct Wtf8 {
  std::array<char, 4> bytes;
  std::uint8_t size;

  [[nodiscard]] constexpr std::string_view view() const noexcept { return {bytes.data(), size}; }
};

[[nodiscard]] constexpr Wtf8 encode_wtf8(unsigned point) noexcept {
  const auto tail = [](unsigned bits) { return static_cast<char>(0x80U | (bits & 0x3fU)); };
  if (point < 0x80) return {{static_cast<char>(point)}, 1};
  if (point < 0x800) return {{static_cast<char>(0xc0U | point >> 6U), tail(point)}, 2};
  if (point < 0x10000)
    return {{static_cast<char>(0xe0U | point >> 12U), tail(point >> 6U), tail(point)}, 3};
  return {
      {static_cast<char>(0xf0U | point >> 18U), tail(point >> 12U), tail(point >> 6U), tail(point)},
      4};
}

}  // namespace core::json
