#include "core/msgpack/date.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace core::msgpack {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

struct Fields {
  int year, month, day;  ///< Months from 1.
  int weekday;           ///< 0 is Sunday.
  int hour, minute, second, millisecond;
};

/// Years to ±271,821 are more than std::chrono's calendar holds, so: eras of 400 years that start
/// in March, when the leap day comes last.
std::optional<Fields> fields_of(double milliseconds) noexcept {
  constexpr double kFarthest = 8.64e15;  // Source: ECMA-262, "TimeClip".
  if (!(std::abs(milliseconds) <= kFarthest)) return std::nullopt;
  const auto time = static_cast<std::int64_t>(milliseconds);
  const std::int64_t ms = (time % kDayMs + kDayMs) % kDayMs;
  const std::int64_t days = (time - ms) / kDayMs;

  constexpr std::int64_t kEraDays = 146'097;
  const std::int64_t shifted = days + 719'468;  // From 0000-03-01.
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - (kEraDays - 1)) / kEraDays;
  const std::int64_t day_of_era = shifted - era * kEraDays;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return Fields{static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
                static_cast<int>(month),
                static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1),
                static_cast<int>(((days + 4) % 7 + 7) % 7),
                static_cast<int>(ms / 3'600'000),
                static_cast<int>(ms / 60'000 % 60),
                static_cast<int>(ms / 1'000 % 60),
                static_cast<int>(ms % 1'000)};
}

}  // namespace

DateText iso_date(double milliseconds) noexcept {
  DateText text{};
  const std::optional<Fields> date = fields_of(milliseconds);
  if (!date) return text;
  const bool is_plain = date->year >= 0 && date->year <= 9'999;
  const int size = std::snprintf(
      text.bytes.data(), text.bytes.size(),
      is_plain ? "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" : "%+07d-%02d-%02dT%02d:%02d:%02d.%03dZ",
      date->year, date->month, date->day, date->hour, date->minute, date->second,
      date->millisecond);
  text.size = static_cast<std::size_t>(size);
  return text;
}

DateText plain_date(double milliseconds) noexcept {
  constexpr const char* kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  DateText text{};
  const std::optional<Fields> date = fields_of(milliseconds);
  if (!date) return text;
  const int size = std::snprintf(
      text.bytes.data(), text.bytes.size(),
      "%s %s %02d %s%04d %02d:%02d:%02d GMT+0000 (Coordinated Universal Time)",
      kWeekdays[date->weekday], kMonths[date->month - 1], date->day, date->year < 0 ? "-" : "",
      std::abs(date->year), date->hour, date->minute, date->second);
  text.size = static_cast<std::size_t>(size);
  return text;
}

}  // namespace core::msgpack
