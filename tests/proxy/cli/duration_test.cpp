#include "proxy/cli/duration.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using proxy::cli::DurationErrc;
using proxy::cli::parse_duration;

TEST_CASE("parse_duration: digits and ms, s, m or h") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("5s") == 5000ms);
  CHECK(parse_duration("2m") == 120'000ms);
  CHECK(parse_duration("6h") == 6h);
  CHECK(parse_duration("0s") == 0ms);
  CHECK(parse_duration("1440m") == 24h);
}

TEST_CASE("parse_duration: a number without a unit is refused, for nobody knows which was meant") {
  CHECK(parse_duration("5").error() == DurationErrc::NoUnit);
}

TEST_CASE("parse_duration: no number, other units, signs, fractions and spaces are refused") {
  for (const char* text : {"", "s", "-5s", "+5s", " 5s", ".5s"})
    CHECK_MESSAGE(parse_duration(text).error() == DurationErrc::NoNumber, text);
  for (const char* text : {"5d", "5 s", "5S", "5ss", "1.5s", "5sec", "5us"})
    CHECK_MESSAGE(parse_duration(text).error() == DurationErrc::UnknownUnit, text);
}

TEST_CASE("parse_duration: more than a day is refused, however long the number") {
  for (const char* text :
       {"1441m", "86401s", "86400001ms", "99999999999999999999s", "18446744073709551615m"})
    CHECK_MESSAGE(parse_duration(text).error() == DurationErrc::TooLong, text);
}
