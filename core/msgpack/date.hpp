#pragma once

#include <array>
#include <string_view>

/// Dates as JavaScript prints them.
namespace core::msgpack {

/// Text of a date; empty for an invalid one, which no other text is.
struct DateText {
  std::array<char, 72> bytes;
  std::size_t size;

  [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};

/// `date.toISOString()`: 2026-01-02T03:04:05.678Z. Empty where it throws: for NaN and beyond
/// 8.64e15 milliseconds from 1970.
/// Source: ECMA-262, "Date Time String Format".
[[nodiscard]] DateText iso_date(double milliseconds) noexcept;

/// `String(date)`, in UTC: which zone the receiver lives in, no packet tells.
[[nodiscard]] DateText plain_date(double milliseconds) noexcept;

}  // namespace core::msgpack
