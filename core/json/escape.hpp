#pragma once

#include <array>
#include <cstddef>
#include <string_view>

/// How JSON.stringify escapes.
namespace core::json {

/// `\u` and four digits.
struct UnitEscape {
  std::array<char, 6> bytes;

  [[nodiscard]] constexpr std::string_view view() const noexcept {
    return {bytes.data(), bytes.size()};
  }
};
[[nodiscard]] constexpr UnitEscape escape_unit(unsigned unit) noexcept {
  constexpr std::string_view kHex = "0123456789abcdef";
  return {{'\\', 'u', kHex[unit >> 12U & 0xfU], kHex[unit >> 8U & 0xfU], kHex[unit >> 4U & 0xfU],
           kHex[unit & 0xfU]}};
}

/// The escape of two characters that a byte has, or nothing. Other bytes below 0x20 are
/// escape_unit()'s.
[[nodiscard]] constexpr std::string_view short_escape(char byte) noexcept {
  switch (byte) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\t':
      return "\\t";
    case '\n':
      return "\\n";
    case '\f':
      return "\\f";
    case '\r':
      return "\\r";
  }
  return {};
}

}  // namespace core::json
