#include "core/http/cookie.hpp"

#include <doctest/doctest.h>

using core::http::find_cookie;

TEST_CASE("find_cookie: by exact name, the first one, without quotes") {
  CHECK(find_cookie("io=abc", "io") == "abc");
  CHECK(find_cookie("a=1; io=abc ;b=2", "io") == "abc");
  CHECK(find_cookie("a=1;io=x=y", "io") == "x=y");
  CHECK(find_cookie("io=\"quoted\"", "io") == "quoted");
  CHECK(find_cookie("io=1; io=2", "io") == "1");
  CHECK(find_cookie("io=", "io") == "");
  CHECK(find_cookie("io=\"", "io") == "\"");
}

TEST_CASE("find_cookie: absent, other case, prefix, or no pair at all") {
  CHECK_FALSE(find_cookie("", "io").has_value());
  CHECK_FALSE(find_cookie("IO=1", "io").has_value());
  CHECK_FALSE(find_cookie("io2=1; xio=2", "io").has_value());
  CHECK_FALSE(find_cookie("io; ;=; a", "io").has_value());
}
