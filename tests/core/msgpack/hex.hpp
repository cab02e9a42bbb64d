#pragma once

#include <string>
#include <string_view>

/// Bytes as tests write them: `hex("92 01 a1 61")`.
inline std::string hex(std::string_view digits) {
  const auto value = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size();) {
    if (digits[i] == ' ') {
      ++i;
      continue;
    }
    bytes += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
    i += 2;
  }
  return bytes;
}
