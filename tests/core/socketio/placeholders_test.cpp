#include "core/socketio/placeholders.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using core::socketio::placeholders_fit;

}  // namespace

TEST_CASE("placeholders_fit: every placeholder names an attachment") {
  CHECK(placeholders_fit(R"(["x",{"_placeholder":true,"num":0}])", 1));
  CHECK(placeholders_fit(R"(["x",[{"a":{"num":1,"_placeholder":true}}]])", 2));
  CHECK(
      placeholders_fit(R"(["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])", 1));
  CHECK(placeholders_fit(R"(["x"])", 1));
  CHECK(placeholders_fit("", 1));
}

TEST_CASE("placeholders_fit: an index that is missing, out of range or no number does not fit") {
  for (const std::string_view num :
       {"1", "5", "-1", "1e999", "-0.5", "\"0\"", "\"a\"", "null", "true", "[0]"})
    CHECK_FALSE(
        placeholders_fit(R"(["x",{"_placeholder":true,"num":)" + std::string(num) + "}]", 1));
  CHECK_FALSE(placeholders_fit(R"(["x",{"_placeholder":true}])", 1));
  CHECK_FALSE(placeholders_fit(R"([{"a":[[{"_placeholder" : true , "num" : 3}]]}])", 3));
}

TEST_CASE("placeholders_fit: a fraction fits, and so does -0") {
  CHECK(placeholders_fit(R"([{"_placeholder":true,"num":0.5}])", 1));
  CHECK(placeholders_fit(R"([{"_placeholder":true,"num":-0}])", 1));
  CHECK(placeholders_fit(R"([{"_placeholder":true,"num":1e-999}])", 1));
}

TEST_CASE("placeholders_fit: only `true` itself marks a placeholder") {
  for (const std::string_view mark : {"false", "1", "\"true\"", "null", "[true]", "{}"})
    CHECK(placeholders_fit(R"([{"_placeholder":)" + std::string(mark) + R"(,"num":9}])", 1));
  CHECK(placeholders_fit(R"(["_placeholder",true,"num",9])", 1));
  CHECK(placeholders_fit(R"([{"a":"_placeholder","num":9}])", 1));
}

TEST_CASE("placeholders_fit: keys are compared after unescaping") {
  CHECK_FALSE(placeholders_fit(R"([{"\u005fplaceholder":true,"num":9}])", 1));
  CHECK(placeholders_fit(R"([{"_placeholder":true,"n\u0075m":0}])", 1));
}

TEST_CASE("placeholders_fit: of duplicate keys the last counts") {
  CHECK_FALSE(placeholders_fit(R"([{"_placeholder":false,"_placeholder":true,"num":9}])", 1));
  CHECK(placeholders_fit(R"([{"_placeholder":true,"_placeholder":false,"num":9}])", 1));
  CHECK(placeholders_fit(R"([{"_placeholder":true,"num":9,"num":0}])", 1));
}

TEST_CASE("placeholders_fit: what a duplicate key overwrites is not looked at") {
  CHECK(placeholders_fit(R"([{"a":{"_placeholder":true,"num":9},"\u0061":1}])", 1));
  CHECK_FALSE(placeholders_fit(R"([{"a":1,"a":{"_placeholder":true,"num":9}}])", 1));
}

TEST_CASE("placeholders_fit: what a fitting placeholder holds is not looked at") {
  CHECK(
      placeholders_fit(R"([{"x":{"_placeholder":true,"num":9},"_placeholder":true,"num":0}])", 1));
  CHECK_FALSE(
      placeholders_fit(R"([{"x":{"_placeholder":true,"num":0},"_placeholder":true,"num":9}])", 1));
}

TEST_CASE("placeholders_fit: any depth") {
  for (const std::size_t levels : {254U, 255U, 256U, 257U, 100'000U}) {
    const std::string open(levels, '[');
    const std::string close(levels, ']');
    CHECK(placeholders_fit(open + R"({"_placeholder":true,"num":0})" + close, 1));
    CHECK_FALSE(placeholders_fit(open + R"({"_placeholder":true,"num":1})" + close, 1));
  }
}
