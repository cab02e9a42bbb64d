#include "core/websocket/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using core::websocket::valid_utf8;

TEST_CASE("valid_utf8: every boundary of RFC 3629's table, at every position in a 16-byte step") {
  const std::string_view valid[] = {"\x7F",         "\xC2\x80",         "\xDF\xBF",
                                    "\xE0\xA0\x80", "\xED\x9F\xBF",     "\xEE\x80\x80",
                                    "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"};
  const std::string_view invalid[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xC2\x41",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xE2\x82",
                                      "\xE2\x41\x80",
                                      "\xE2\x82\x41",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF0\x90\x80",
                                      "\xFE",
                                      "\xFF",
                                      "\xF0\x90\x80\x41",
                                      "\xF0\x41\x80\x80"};
  for (std::size_t before = 0; before < 40; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string prefix(before, 'a'), suffix(after, 'z');
      for (const std::string_view text : valid)
        CHECK(valid_utf8(prefix + std::string(text) + suffix));
      for (const std::string_view text : invalid)
        CHECK_FALSE(valid_utf8(prefix + std::string(text) + suffix));
    }
  }
  CHECK(valid_utf8(""));
}
