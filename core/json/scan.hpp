#pragma once

#include <cstddef>

#include "core/json/json.hpp"

/// What the validator and the readers know of single bytes.
namespace core::json {

[[nodiscard]] constexpr bool is_digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }

[[nodiscard]] constexpr bool is_hex(char byte) noexcept {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

[[nodiscard]] constexpr bool is_space(char byte) noexcept {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/// Letters that make an escape of two bytes.
[[nodiscard]] constexpr bool is_short_escape(char letter) noexcept {
  return letter == '"' || letter == '\\' || letter == '/' || letter == 'b' || letter == 'f' ||
         letter == 'n' || letter == 'r' || letter == 't';
}

/// The end of the escape that `at`, a byte of a string, begins; nullptr when it begins none.
/// @param last A byte behind `at` that is not of the string: up to here may be read.
[[nodiscard]] inline const char* escape_end(const char* at, const char* last) noexcept {
  if (*at != '\\') return nullptr;
  if (is_short_escape(at[1])) return at + 2;
  constexpr std::ptrdiff_t kBytes = 6;  // \u0041
  if (at[1] != 'u' || last - at < kBytes) return nullptr;
  return is_hex(at[2]) && is_hex(at[3]) && is_hex(at[4]) && is_hex(at[5]) ? at + kBytes : nullptr;
}

[[nodiscard]] inline const char* skip_space(const char* at, const char* end) noexcept {
  while (at != end && is_space(*at)) ++at;
  return at;
}

/// Kind of the value that starts with this byte, for text known to be valid.
[[nodiscard]] constexpr Kind kind_of(char first) noexcept {
  switch (first) {
    case '"':
      return Kind::String;
    case '{':
      return Kind::Object;
    case '[':
      return Kind::Array;
    case 't':
      return Kind::True;
    case 'f':
      return Kind::False;
    case 'n':
      return Kind::Null;
  }
  return Kind::Number;
}

}  // namespace core::json
