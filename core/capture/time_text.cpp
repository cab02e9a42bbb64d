#include "core/capture/time_text.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace core::capture {
namespace {

/// Takes a number of `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) noexcept {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  const auto result = std::from_chars(text.data(), text.data() + digits, number);
  if (result.ec != std::errc() || result.ptr != text.data() + digits || number < 0)
    return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) noexcept {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// `.544`, of any length; nanoseconds.
std::int64_t take_fraction(std::string_view& text) noexcept {
  if (!take(text, ".,")) return 0;
  std::int64_t nanoseconds = 0, unit = 100'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    nanoseconds += (text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return nanoseconds;
}

/// `Z` or `+02:00` or `+0200`.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) noexcept {
  if (take(text, "Zz")) return std::chrono::minutes(0);
  const bool west = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  take(text, ":");
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes) return std::nullopt;
  return std::chrono::minutes((*hours * 60 + *minutes) * (west ? -1 : 1));
}

}  // namespace

std::optional<Instant> read_time(std::string_view text) noexcept {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second) return std::nullopt;
  const std::int64_t fraction = take_fraction(text);
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // Past 2261 an Instant overflows.
  if (!date.ok() || *year < 1970 || *year > 2261) return std::nullopt;
  return Instant(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                 std::chrono::minutes(*minute) + std::chrono::seconds(*second) - *offset +
                 Duration(fraction));
}

std::string text_of(Instant at) {
  const auto since = std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch());
  const auto day = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss time(since - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text;
}

}  // namespace core::capture
