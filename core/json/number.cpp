#include "core/json/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <system_error>

namespace core::json {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr bool is_digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }

std::size_t count_digits(std::string_view text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

/// Whether a decimal number (unsigned, syntactically right) that no double can hold is too large
/// rather than too small.
bool is_huge(std::string_view decimal) noexcept {
  // Where the first digit that counts stands, seen from the decimal point.
  const std::size_t mantissa_bytes = std::min(decimal.find_first_of("eE"), decimal.size());
  const std::string_view mantissa = decimal.substr(0, mantissa_bytes);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  const auto position = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);

  // An exponent of more digits than this outweighs any mantissa that fits in memory.
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
  std::string_view exponent = decimal.substr(mantissa_bytes);
  if (exponent.empty()) return position > 0;
  exponent.remove_prefix(1);
  const bool negative = exponent.front() == '-';
  if (negative || exponent.front() == '+') exponent.remove_prefix(1);
  std::int64_t power = 0;
  if (std::from_chars(exponent.data(), exponent.data() + exponent.size(), power).ec != std::errc())
    power = kFar;
  power = std::min(power, kFar);
  return position + (negative ? -power : power) > 0;
}

double decimal_value(std::string_view decimal) noexcept {
  double value = 0;
  const auto result = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
  if (result.ec == std::errc::result_out_of_range) return is_huge(decimal) ? kInfinity : 0.0;
  return value;
}

/// Whether `text` is `StrUnsignedDecimalLiteral` without Infinity: 5  5.  .5  5.5e+5
bool is_decimal(std::string_view text) noexcept {
  const std::size_t whole = count_digits(text);
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (!text.empty() && text.front() == '.') {
    fraction = count_digits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;

  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

std::optional<unsigned> digit_value(char digit, unsigned radix) noexcept {
  unsigned value = radix;
  if (is_digit(digit)) value = static_cast<unsigned>(digit - '0');
  const char letter = static_cast<char>(digit | 0x20);
  if (letter >= 'a' && letter <= 'f') value = static_cast<unsigned>(letter - 'a' + 10);
  if (value >= radix) return std::nullopt;
  return value;
}

/// Digits in a radix that is a power of two: nearest double, ties to even.
double radix_value(std::string_view digits, unsigned radix) noexcept {
  if (digits.empty()) return kNaN;
  const unsigned digit_bits = radix == 16 ? 4 : radix == 8 ? 3 : 1;
  // 60 bits or more are kept, then only whether any later bit is set: enough to round rightly.
  std::uint64_t kept = 0;
  std::uint64_t dropped_bits = 0;
  for (const char digit : digits) {
    const std::optional<unsigned> value = digit_value(digit, radix);
    if (!value) return kNaN;
    if (kept >> 60U == 0) {
      kept = kept << digit_bits | *value;
    } else {
      dropped_bits += digit_bits;
      if (*value != 0) kept |= 1U;
    }
  }
  const int exponent = static_cast<int>(std::min<std::uint64_t>(dropped_bits, 2000));
  return std::ldexp(static_cast<double>(kept), exponent);
}

/// `text` without the JavaScript whitespace at both ends.
std::string_view trim(std::string_view text) noexcept {
  while (const std::size_t bytes = whitespace_bytes(text)) text.remove_prefix(bytes);
  for (;;) {
    std::size_t last = text.size();
    do {
      if (last == 0) return text;
      --last;
    } while ((static_cast<unsigned char>(text[last]) & 0xc0U) == 0x80U);
    if (whitespace_bytes(text.substr(last)) != text.size() - last) return text;
    text = text.substr(0, last);
  }
}

}  // namespace

double number_of(std::string_view raw) noexcept {
  // Mostly a small integer, and then below 2^53: the double is the integer.
  constexpr std::size_t kExactDigits = 15;
  if (raw.size() <= kExactDigits && count_digits(raw) == raw.size()) {
    std::int64_t value = 0;
    for (const char digit : raw) value = value * 10 + (digit - '0');
    return static_cast<double>(value);
  }
  const bool negative = raw.front() == '-';
  const double magnitude = decimal_value(raw.substr(negative ? 1 : 0));
  return negative ? -magnitude : magnitude;
}

double string_to_number(std::string_view text) noexcept {
  text = trim(text);
  if (text.empty()) return 0;

  if (text.size() > 1 && text[0] == '0') {
    switch (text[1] | 0x20) {
      case 'x':
        return radix_value(text.substr(2), 16);
      case 'o':
        return radix_value(text.substr(2), 8);
      case 'b':
        return radix_value(text.substr(2), 2);
    }
  }

  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  double magnitude = kNaN;
  if (text == "Infinity") magnitude = kInfinity;
  if (is_decimal(text)) magnitude = decimal_value(text);
  return negative ? -magnitude : magnitude;
}

std::size_t whitespace_bytes(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first == ' ' || (first >= '\t' && first <= '\r')) return 1;
  if (first == 0xc2) return byte(1) == 0xa0 ? 2 : 0;  // U+00A0
  if (first < 0xe1) return 0;

  const unsigned point = first << 16U | byte(1) << 8U | byte(2);
  if (point >= 0xe28080 && point <= 0xe2808a) return 3;  // U+2000..U+200A
  switch (point) {
    case 0xe19a80:  // U+1680
    case 0xe280a8:  // U+2028
    case 0xe280a9:  // U+2029
    case 0xe280af:  // U+202F
    case 0xe2819f:  // U+205F
    case 0xe38080:  // U+3000
    case 0xefbbbf:  // U+FEFF
      return 3;
  }
  return 0;
}

NumberText number_text(double value) noexcept {
  NumberText text{};
  const auto add = [&](std::string_view part) {
    std::memcpy(text.bytes.data() + text.size, part.data(), part.size());
    text.size += part.size();
  };
  const auto zeros = [&](int count) {
    for (; count > 0; --count) add("0");
  };
  if (!std::isfinite(value)) {
    add("null");
    return text;
  }
  constexpr double kPlain = 1e15;  // Integers below have all their digits, and no other digits.
  if (std::abs(value) < kPlain && value == std::trunc(value)) {
    char* const begin = text.bytes.data();
    const auto integer = static_cast<std::int64_t>(value);
    const char* const after = std::to_chars(begin, begin + text.bytes.size(), integer).ptr;
    text.size = static_cast<std::size_t>(after - begin);
    return text;
  }
  if (value < 0) {
    add("-");
    value = -value;
  }

  // d.ddde[+-]xx, the shortest digits that round-trip; ECMA-262, "Number::toString" lays them out.
  std::array<char, 32> buffer;
  const char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                        std::chars_format::scientific)
                              .ptr;
  const std::string_view scientific(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t e = scientific.find('e');
  const std::string_view power = scientific.substr(scientific[e + 1] == '+' ? e + 2 : e + 1);
  int exponent = 0;
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  // The digits side by side: the first moves onto the point.
  if (e > 1) buffer[1] = buffer[0];
  const std::string_view digits = scientific.substr(e > 1 ? 1 : 0, e > 1 ? e - 1 : 1);

  const int digit_count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // Digits before the decimal point.
  if (point >= digit_count && point <= 21) {
    add(digits);
    zeros(point - digit_count);
  } else if (point > 0 && point <= 21) {
    add(digits.substr(0, static_cast<std::size_t>(point)));
    add(".");
    add(digits.substr(static_cast<std::size_t>(point)));
  } else if (point > -6 && point <= 0) {
    add("0.");
    zeros(-point);
    add(digits);
  } else {
    add(digits.substr(0, 1));
    if (digit_count > 1) {
      add(".");
      add(digits.substr(1));
    }
    add(exponent < 0 ? "e-" : "e+");
    std::array<char, 4> magnitude;
    const char* const last =
        std::to_chars(magnitude.data(), magnitude.data() + magnitude.size(), std::abs(exponent))
            .ptr;
    add({magnitude.data(), static_cast<std::size_t>(last - magnitude.data())});
  }
  return text;
}

void append_number(double value, std::string& out) { out += number_text(value).view(); }

}  // namespace core::json
