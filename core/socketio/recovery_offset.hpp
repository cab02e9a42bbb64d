#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace core::socketio {

/// Whether a string argument has the form of an offset that connection state recovery appends to
/// events:
///
///     Q86GCiC, Q86GCiC.0         yeast: Date.now() in base 64 (in-memory adapter), 2025 to 2044
///     1692876892634-0            an entry of a Redis stream
///     65f0a1b2c3d4e5f607182930   an ObjectId (MongoDB)
///
/// The form is no proof: applications have strings too. It counts only in a namespace that gave its
/// client a `pid`. Source: socket.io-adapter 2.5 (SessionAwareAdapter), measured.
[[nodiscard]] constexpr bool looks_like_offset(std::string_view text) noexcept {
  constexpr std::size_t kYeast = 7;
  if (text.size() < kYeast) return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto hex = [&](char c) { return digit(c) || (c >= 'a' && c <= 'f'); };
  const auto base64 = [&](char c) {
    return digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  };
  // Six characters that are all lower case would be a word rather than a time: "Running".
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (text[0] >= 'Q' && text[0] <= 'Z' &&
      !std::all_of(text.begin() + 1, text.begin() + kYeast, lower) &&
      std::all_of(text.begin(), text.begin() + kYeast, base64) &&
      (text.size() == kYeast ||
       (text[kYeast] == '.' && text.size() > kYeast + 1 && text.size() <= kYeast + 4 &&
        std::all_of(text.begin() + kYeast + 1, text.end(), base64))))
    return true;
  constexpr std::size_t kMilliseconds = 13;
  if (text.size() > kMilliseconds + 1 && text[kMilliseconds] == '-' &&
      std::all_of(text.begin(), text.begin() + kMilliseconds, digit) &&
      std::all_of(text.begin() + kMilliseconds + 1, text.end(), digit))
    return true;
  constexpr std::size_t kObjectId = 24;
  return text.size() == kObjectId && std::all_of(text.begin(), text.end(), hex);
}

}  // namespace core::socketio
