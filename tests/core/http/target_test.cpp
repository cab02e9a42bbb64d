#include "core/http/target.hpp"

#include <doctest/doctest.h>

using namespace core::http;

TEST_CASE("split_target: origin form, absolute form, and forms without a path") {
  CHECK(split_target("/socket.io/?EIO=4&sid=x").path == "/socket.io/");
  CHECK(split_target("/socket.io/?EIO=4&sid=x").query == "EIO=4&sid=x");
  CHECK(split_target("/a").path == "/a");
  CHECK(split_target("/a").query.empty());
  CHECK(split_target("/a?b?c").query == "b?c");
  CHECK(split_target("/a?b#c?d").query == "b");
  CHECK(split_target("http://h:80/p/q?r").path == "/p/q");
  CHECK(split_target("http://h:80/p/q?r").query == "r");
  CHECK(split_target("http://h?r=/x").path.empty());
  CHECK(split_target("http://h?r=/x").query == "r=/x");
  CHECK(split_target("http://h").path.empty());
  CHECK(split_target("*").path.empty());
  CHECK(split_target("h:443").path.empty());
  CHECK(split_target("").path.empty());
}

TEST_CASE("query_parameter: the first of the name, raw, absent is not empty") {
  CHECK(query_parameter("EIO=4&transport=polling", "transport") == "polling");
  CHECK(query_parameter("a=1&a=2", "a") == "1");
  CHECK(query_parameter("a=b=c", "a") == "b=c");
  CHECK(query_parameter("flag&x=1", "flag") == "");
  CHECK(query_parameter("x=", "x") == "");
  CHECK(query_parameter("a=%20", "a") == "%20");
  CHECK(query_parameter("%73%69d=1", "sid") == "1");
  CHECK(query_parameter("&&sid=1&", "sid") == "1");
  CHECK_FALSE(query_parameter("sidx=1&xsid=2", "sid").has_value());
  CHECK_FALSE(query_parameter("", "sid").has_value());
}

TEST_CASE("percent_decode: escapes, plus signs, and percent signs that start no escape") {
  CHECK(percent_decode("a%20b+c") == "a b c");
  CHECK(percent_decode("%E2%82%ac") == "\xE2\x82\xAC");
  CHECK(percent_decode("100%") == "100%");
  CHECK(percent_decode("%4") == "%4");
  CHECK(percent_decode("%zz%41") == "%zzA");
  CHECK(percent_decode("") == "");
}
