#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace core::socketio {

/// The form of an offset that connection state recovery appends to events. All hold the time at
/// which they were made:
///
///     Yeast      Q86GCiC, Q86GCiC.0         milliseconds in base 64 (in-memory adapter), 2026 to
///                                           2048; a number follows for more in one millisecond
///     Stream     1692876892634-0            an entry of a Redis stream
///     ObjectId   65f0a1b2c3d4e5f607182930   MongoDB; eight digits of seconds
enum class OffsetForm : std::uint8_t { Yeast, Stream, ObjectId };
struct RecoveryOffset {
  OffsetForm form;
  std::chrono::milliseconds made;  ///< since 1970, by the clock of the server
};

/// From Yeast alone to a Stream's, whose number behind the dash has 64 bits.
inline constexpr std::size_t kOffsetBytesMin = 7, kOffsetBytesMax = 13 + 1 + 20;

/// An offset, if a string argument has the form of one. The form is no proof: applications have
/// strings too, and `SUCCESS` is a time in 2032. It counts only in a namespace that gave its
/// client a `pid`. Source: socket.io-adapter 2.5 (SessionAwareAdapter), measured.
[[nodiscard]] constexpr std::optional<RecoveryOffset> read_offset(std::string_view text) noexcept {
  constexpr std::size_t kYeast = 7;
  if (text.size() < kOffsetBytesMin || text.size() > kOffsetBytesMax) return std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_hex = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_base64 = [&](char c) {
    return is_digit(c) || is_upper(c) || is_lower(c) || c == '-' || c == '_';
  };
  const auto value = [&](char c) {
    return is_digit(c)   ? c - '0'
           : is_upper(c) ? c - 'A' + 10
           : is_lower(c) ? c - 'a' + 36
           : c == '-'    ? 62
                         : 63;
  };
  const auto number = [&](std::size_t length, std::int64_t base) {
    std::int64_t sum = 0;
    for (const char c : text.substr(0, length)) {
      const int digit = base == 16 && is_lower(c) ? c - 'a' + 10 : value(c);
      sum = sum * base + digit;
    }
    return sum;
  };
  const auto all = [&](std::size_t from, std::size_t to, auto is) {
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                       text.begin() + static_cast<std::ptrdiff_t>(to), is);
  };
  // Six characters that are all lower case would be a word rather than a time: "Running".
  if (text[0] >= 'Q' && text[0] <= 'Z' && !all(1, kYeast, is_lower) && all(0, kYeast, is_base64) &&
      (text.size() == kYeast ||
       (text[kYeast] == '.' && text.size() > kYeast + 1 && text.size() <= kYeast + 4 &&
        all(kYeast + 1, text.size(), is_base64))))
    return RecoveryOffset{OffsetForm::Yeast, std::chrono::milliseconds(number(kYeast, 64))};
  constexpr std::size_t kMilliseconds = 13;
  if (text.size() > kMilliseconds + 1 && text[kMilliseconds] == '-' &&
      all(0, kMilliseconds, is_digit) && all(kMilliseconds + 1, text.size(), is_digit))
    return RecoveryOffset{OffsetForm::Stream, std::chrono::milliseconds(number(kMilliseconds, 10))};
  constexpr std::size_t kObjectId = 24;
  if (text.size() == kObjectId && all(0, kObjectId, is_hex))
    return RecoveryOffset{OffsetForm::ObjectId, std::chrono::seconds(number(8, 16))};
  return std::nullopt;
}

[[nodiscard]] constexpr bool looks_like_offset(std::string_view text) noexcept {
  return text.size() >= kOffsetBytesMin && text.size() <= kOffsetBytesMax &&
         read_offset(text).has_value();
}

}  // namespace core::socketio
