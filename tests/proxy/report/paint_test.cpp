#include "proxy/report/paint.hpp"

#include <doctest/doctest.h>

using namespace proxy::report;

TEST_CASE("printable: ordinary text stays as it is, in any language") {
  CHECK(printable("42[\"news\",\"größer … 日本 🎉\"]") == "42[\"news\",\"größer … 日本 🎉\"]");
}

TEST_CASE("printable: nothing from the wire can command the terminal") {
  CHECK(printable("\x1b[2J\a\r\n\x7f") == "\\x1b[2J\\x07\\x0d\\x0a\\x7f");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\xc2\\x9b2J");               // CSI as one character
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // right to left from here
  CHECK(printable("\xe2\x81\xa6") == "\\xe2\\x81\\xa6");
}

TEST_CASE("printable: bytes that are no UTF-8 are told, one by one") {
  CHECK(printable("\xff"
                  "a\xc3") == "\\xffa\\xc3");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");
}

TEST_CASE(
    "printable: a lone surrogate, a needlessly long form and a number past the last are no UTF-8") {
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(printable("\xed\x9f\xbf") == "\xed\x9f\xbf");  // The last before the surrogates.
}

TEST_CASE("printable: what is no character in XML is told by its bytes") {
  CHECK(printable("\xef\xbf\xbe") == "\\xef\\xbf\\xbe");
  CHECK(printable("\xef\xbf\xbd") == "\xef\xbf\xbd");
}

TEST_CASE("printable: nothing from the wire can command the runner of a CI") {
  CHECK(printable("::stop-commands::x") == "\\x3a:stop-commands::x");
  CHECK(printable("  ::error::x") == "  \\x3a:error::x");
  CHECK(printable("a##[add-mask]b") == "a\\x23#[add-mask]b");
  CHECK(printable("std::string # [x]") == "std::string # [x]");
}

TEST_CASE("paint: colours only when they are on") {
  CHECK(paint("x", Ink::Red, Colours::Off) == "x");
  CHECK(paint("x", Ink::Red, Colours::On) == "\x1b[31mx\x1b[0m");
}
