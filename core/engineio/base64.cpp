#include "core/engineio/base64.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace core::engineio {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  values['-'] = 62;
  values['_'] = 63;
  return values;
}
constexpr std::array<std::uint8_t, 256> kDigitValues = digit_values();

/// Takes digits as they come and appends each byte that is complete.
class Base64Sink {
 public:
  explicit Base64Sink(std::string& out) noexcept : out_(out) {}

  /// One UTF-16 unit's low byte. False: it ends the text.
  [[nodiscard]] bool take(unsigned char unit) {
    if (unit == '=') return false;
    const std::uint8_t value = kDigitValues[unit];
    if (value == kNoDigit) return true;
    bits_ = bits_ << 6U | value;
    bit_count_ += 6;
    if (bit_count_ >= 8) {
      bit_count_ -= 8;
      out_.push_back(static_cast<char>(bits_ >> bit_count_ & 0xffU));
    }
    return true;
  }

 private:
  std::string& out_;
  std::uint32_t bits_ = 0;
  unsigned bit_count_ = 0;
};

/// The low byte of the second half of a character that `text` starts within, if it does.
std::optional<unsigned char> leading_half(std::string_view text) noexcept {
  const auto is_tail = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80; };
  if (text.size() < 3 || !is_tail(text[0]) || !is_tail(text[1]) || !is_tail(text[2]))
    return std::nullopt;
  return static_cast<unsigned char>((static_cast<unsigned char>(text[1]) & 3U) << 6U |
                                    (static_cast<unsigned char>(text[2]) & 0x3fU));
}

}  // namespace

void decode_base64(std::string_view text, std::string& out) {
  out.reserve(out.size() + text.size() / 4 * 3 + 3);
  Base64Sink sink(out);
  std::size_t i = 0;
  if (const std::optional<unsigned char> low = leading_half(text)) {
    if (!sink.take(*low)) return;
    i = 3;
  }
  for (; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      if (!sink.take(byte)) return;
      continue;
    }
    if (byte < 0xc0) continue;  // Read with what it belongs to, below.
    const auto tail = [&](std::size_t n) -> unsigned {
      return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) & 0x3fU : 0U;
    };
    bool goes_on = true;
    if (byte < 0xe0) {
      goes_on = sink.take(static_cast<unsigned char>((byte & 3U) << 6U | tail(1)));
    } else if (byte < 0xf0) {
      goes_on = sink.take(static_cast<unsigned char>((tail(1) & 3U) << 6U | tail(2)));
    } else {
      const unsigned point = (byte & 7U) << 18U | tail(1) << 12U | tail(2) << 6U | tail(3);
      const auto high = static_cast<unsigned char>((point - 0x10000U) >> 10U & 0xffU);
      const auto low = static_cast<unsigned char>(point & 0xffU);
      goes_on = sink.take(high) && sink.take(low);
    }
    if (!goes_on) return;
  }
}

void encode_base64(std::string_view bytes, std::string& out) {
  const auto byte_at = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group = byte_at(i) << 16U | byte_at(i + 1) << 8U | byte_at(i + 2);
    out.push_back(kDigits[group >> 18U]);
    out.push_back(kDigits[group >> 12U & 63U]);
    out.push_back(i + 1 < bytes.size() ? kDigits[group >> 6U & 63U] : '=');
    out.push_back(i + 2 < bytes.size() ? kDigits[group & 63U] : '=');
  }
}

}  // namespace core::engineio
