#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

/// Numbers as JavaScript reads and writes them.
namespace core::json {

/// The double a valid JSON number denotes: nearest, ties to even; 1e999 is Infinity.
[[nodiscard]] double number_of(std::string_view raw) noexcept;

/// `Number(text)`: surrounding whitespace, signs, `0x` `0o` `0b`, `Infinity`, and 0 for nothing at
/// all. NaN for everything else.
/// Source: ECMA-262, "StringToNumber".
[[nodiscard]] double string_to_number(std::string_view text) noexcept;

/// Bytes that the whitespace character at the start of `text` takes (1, 2 or 3), or 0 when there is
/// none. JavaScript's set, wider than JSON's: also VT, FF, NBSP, the BOM, Zs, U+2028 and U+2029.
/// Source: ECMA-262, "StrWhiteSpaceChar".
[[nodiscard]] std::size_t whitespace_bytes(std::string_view text) noexcept;

/// `JSON.stringify(value)`: shortest digits that round-trip, `null` for NaN and Infinity, `0` for
/// -0.
struct NumberText {
  std::array<char, 32> bytes;
  std::size_t size;

  [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};
[[nodiscard]] NumberText number_text(double value) noexcept;

/// Appends the same.
void append_number(double value, std::string& out);

}  // namespace core::json
