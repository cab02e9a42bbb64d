#include "proxy/report/wall_clock.hpp"

#include <cstdio>

#include "proxy/observe/clock.hpp"

namespace proxy::report {

WallClock WallClock::now() {
  return {observe::now(),
          std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

std::string WallClock::iso8601(core::Instant at) const {
  const Time time = wall_ + std::chrono::floor<std::chrono::milliseconds>(at - monotonic_);
  const std::chrono::sys_days date_at = day(at);
  const std::chrono::year_month_day date(date_at);
  const std::chrono::hh_mm_ss clock(time - date_at);
  char text[64];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

}  // namespace proxy::report
