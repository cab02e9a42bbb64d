#include "core/json/document.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

std::string printed(std::string_view text) {
  std::string out;
  core::json::stringify(core::json::Document(text), {}, out);
  return out;
}

}  // namespace

TEST_CASE("stringify: drops whitespace, keeps values") {
  CHECK(printed(" [ 1 , \"a\" , { \"b\" : null , \"c\" : [ ] } , true ] ") ==
        R"([1,"a",{"b":null,"c":[]},true])");
  CHECK(printed("\"x\"") == "\"x\"");
  CHECK(printed("{}") == "{}");
}

TEST_CASE("stringify: integer keys first and ascending, others as written") {
  CHECK(printed(R"({"b":1,"10":2,"a":3,"9":4,"01":5,"-1":6,"4294967295":7,"4294967294":8})") ==
        R"({"9":4,"10":2,"4294967294":8,"b":1,"a":3,"01":5,"-1":6,"4294967295":7})");
}

TEST_CASE("stringify: of duplicate keys, the last value at the first place") {
  CHECK(printed(R"({"a":1,"b":2,"\u0061":3})") == R"({"a":3,"b":2})");
  CHECK(printed(R"({"1":1,"1":{"x":2}})") == R"({"1":{"x":2}})");
}

TEST_CASE("stringify: __proto__ is a member like any other") {
  CHECK(printed(R"({"a":1,"__proto__":{"b":2}})") == R"({"a":1,"__proto__":{"b":2}})");
}

TEST_CASE("stringify: escapes as JSON.stringify does, lone surrogates in lower case") {
  CHECK(printed(
            R"(["\u0000\u001f\b\t\n\f\r\"\\\/","\u007f\u2028","\uD800x\uDFFF","\uD83D\uDE00"])") ==
        "[\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\",\"\x7f\xe2\x80\xa8\",\"\\ud800x\\udfff\","
        "\"\xf0\x9f\x98\x80\"]");
}

TEST_CASE("quote: bytes that are no UTF-8 pass as they are and swallow nothing") {
  std::string out;
  core::json::quote("\x82\"\xf0\\\xed\xa0", out);
  CHECK(out == "\"\x82\\\"\xf0\\\\\xed\xa0\"");
}

TEST_CASE("stringify: numbers are read and printed as doubles") {
  CHECK(printed("[-0,1e999,9007199254740993,1E2,1e-7]") == "[0,null,9007199254740992,100,1e-7]");
}

TEST_CASE("stringify: a million levels need no recursion") {
  constexpr std::size_t kLevels = 1'000'000;
  const std::string text = std::string(kLevels, '[') + std::string(kLevels, ']');
  CHECK(printed(text) == text);
}

TEST_CASE("stringify: a replacement stands for its node, undefined is null or nothing") {
  const core::json::Document document(R"([1,{"a":2,"b":3}])");
  // Nodes in order: the array, 1, the object, 2, 3.
  std::string out;
  core::json::stringify(document, {{1, ""}, {3, ""}, {4, "\"x\""}}, out);
  CHECK(out == R"([null,{"b":"x"}])");
}

TEST_CASE("Document: finds a member by its unescaped key") {
  const core::json::Document document(R"({"a":1,"\ud800":2})");
  REQUIRE(document.find(document.node(0), "\xed\xa0\x80") != nullptr);
  CHECK(document.find(document.node(0), "\xed\xa0\x80")->raw == "2");
  CHECK(document.find(document.node(0), "b") == nullptr);
}
