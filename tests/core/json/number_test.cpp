#include "core/json/number.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

namespace {

using core::json::string_to_number;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string printed(double value) {
  std::string out;
  core::json::append_number(value, out);
  return out;
}

}  // namespace

TEST_CASE("number_of: nearest double, however long the text") {
  CHECK(core::json::number_of("9007199254740993") == 9007199254740992.0);
  CHECK(core::json::number_of("1e999") == kInfinity);
  CHECK(core::json::number_of("-1e999") == -kInfinity);
  CHECK(core::json::number_of("1e-999") == 0);
  CHECK(std::signbit(core::json::number_of("-1e-999")));
  CHECK(core::json::number_of(std::string(400, '9')) == kInfinity);
  CHECK(core::json::number_of(std::string("0.") + std::string(400, '0') + "1") == 0);
  CHECK(core::json::number_of(std::string("1") + std::string(400, '0') + "e-400") == 1);
  CHECK(core::json::number_of("1e99999999999999999999999") == kInfinity);
  CHECK(core::json::number_of("1e-99999999999999999999999") == 0);
  CHECK(core::json::number_of("0e99999999999999999999999") == 0);
  CHECK(core::json::number_of("5e-324") == std::numeric_limits<double>::denorm_min());
}

TEST_CASE("string_to_number: whitespace alone is 0, and is dropped at both ends") {
  CHECK(string_to_number("") == 0);
  CHECK(string_to_number(" \n\xef\xbb\xbf") == 0);
  CHECK(string_to_number("\xc2\xa0 7\xe2\x80\xa9") == 7);
  CHECK(std::isnan(string_to_number("1 2")));
  CHECK(std::isnan(string_to_number("\xc2\x85")));
  CHECK(std::isnan(string_to_number("\xe1\xa0\x8e")));
}

TEST_CASE("string_to_number: every form of JavaScript's Number()") {
  CHECK(string_to_number("1e0") == 1);
  CHECK(string_to_number("+3") == 3);
  CHECK(string_to_number("-3.") == -3);
  CHECK(string_to_number(".5") == 0.5);
  CHECK(string_to_number("007") == 7);
  CHECK(string_to_number("0x1F") == 31);
  CHECK(string_to_number("0B101") == 5);
  CHECK(string_to_number("0o17") == 15);
  CHECK(string_to_number("Infinity") == kInfinity);
  CHECK(string_to_number("-Infinity") == -kInfinity);
  CHECK(string_to_number("0x20000000000001") == 9007199254740992.0);
  CHECK(string_to_number("0x20000000000003") == 9007199254740996.0);
  CHECK(string_to_number(std::string("0x") + std::string(300, 'f')) == kInfinity);
  for (const std::string_view text :
       {"x",        ".",    "e1",  "1e",  "1e+",   "+",     "-",    "--1",
        "+0x1",     "-0x1", "0x",  "0b2", "0o8",   "0xg",   "1_0",  "inf",
        "infinity", "nan",  "NaN", "1n",  "0x1p0", "1.5.2", "0x1.8"})
    CHECK(std::isnan(string_to_number(text)));
}

TEST_CASE("whitespace_bytes: JavaScript's set and nothing near it") {
  for (const std::string_view space :
       {"\t", "\n", "\v", "\f", "\r", " ", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80",
        "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
        "\xe3\x80\x80", "\xef\xbb\xbf"})
    CHECK(core::json::whitespace_bytes(space) == space.size());
  for (const std::string_view other : {"", "0", "\x1c", "\xc2\x85", "\xe1\xa0\x8e", "\xe2\x80\x8b",
                                       "\xe2\x81\xa0", "\xe2\x80", "\xc2", "\xef\xbb"})
    CHECK(core::json::whitespace_bytes(other) == 0);
}

TEST_CASE("append_number: prints as JSON.stringify does") {
  CHECK(printed(0) == "0");
  CHECK(printed(-0.0) == "0");
  CHECK(printed(kInfinity) == "null");
  CHECK(printed(std::nan("")) == "null");
  CHECK(printed(1) == "1");
  CHECK(printed(-1.5) == "-1.5");
  CHECK(printed(100) == "100");
  CHECK(printed(4.35) == "4.35");
  CHECK(printed(123456789012345680000.0) == "123456789012345680000");
  CHECK(printed(1e21) == "1e+21");
  CHECK(printed(1.5e300) == "1.5e+300");
  CHECK(printed(0.000001) == "0.000001");
  CHECK(printed(1.25e-6) == "0.00000125");
  CHECK(printed(1e-7) == "1e-7");
  CHECK(printed(5e-324) == "5e-324");
}
