#include "proxy/report/wall_clock.hpp"

#include <doctest/doctest.h>

#include "tests/proxy/report/sample.hpp"

using namespace std::chrono_literals;

TEST_CASE("wall clock: an instant is written in ISO 8601, UTC, with milliseconds") {
  CHECK(tests::kClock.iso8601(tests::at(0ms)) == "2026-01-01T00:00:00.000Z");
  CHECK(tests::kClock.iso8601(tests::at(1281ms)) == "2026-01-01T00:00:01.281Z");
  CHECK(tests::kClock.iso8601(core::Instant(25h + 999'999us)) == "2026-01-02T01:00:00.999Z");
  CHECK(tests::kClock.time_of_day(tests::at(1281ms)) == "00:00:01.281");
}

TEST_CASE("wall clock: instants before the anchor are earlier times") {
  CHECK(tests::kClock.iso8601(tests::at(-1ms)) == "2025-12-31T23:59:59.999Z");
}
