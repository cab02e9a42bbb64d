#include "core/msgpack/document.hpp"

#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "tests/core/msgpack/hex.hpp"

namespace {

using namespace core::msgpack;

/// JSON.stringify of it, or the message of the error.
std::string json(const std::string& bytes) {
  const auto document = Document::read(bytes);
  std::string text;
  if (document)
    document->stringify(document->root(), text);
  else
    append_message(document.error(), bytes.size(), text);
  return text;
}

std::string string(std::string_view text) {
  return static_cast<char>(0xa0 + text.size()) + std::string(text);
}

/// An object with these keys and values, in turns.
std::string map(std::initializer_list<std::string> members) {
  std::string bytes(1, static_cast<char>(0x80 + members.size() / 2));
  for (const std::string& part : members) bytes += part;
  return bytes;
}

const std::string kProto = string("__proto__");
const std::string kNull = hex("c0");
const std::string kOne = hex("01");
const std::string kTwo = hex("02");

}  // namespace

TEST_CASE("document: values print as JSON.stringify prints them") {
  CHECK(json(hex("93 01 e0 cb 3f f8 00 00 00 00 00 00")) == "[1,-32,1.5]");
  CHECK(json(hex("93 c0 c2 c3")) == "[null,false,true]");
  CHECK(json(hex("92 ca 7f 80 00 00 ca 7f c0 00 00")) == "[null,null]");
  CHECK(json(hex("cb 80 00 00 00 00 00 00 00")) == "0");
  CHECK(json(hex("a3 22 0a 01")) == R"("\"\n\u0001")");
  CHECK(json(hex("92 90 80")) == "[[],{}]");
}

TEST_CASE("document: binary, an ArrayBuffer and an extension print with their bytes") {
  CHECK(json(hex("c4 02 00 01")) == R"({"$base64":"AAE="})");
  CHECK(json(hex("c7 02 00 00 01")) == R"({"$base64":"AAE="})");
  CHECK(json(hex("d5 ff 00 01")) == R"([-1,{"$base64":"AAE="}])");
  CHECK(json(hex("d5 00 00 01")) == R"([0,{"$base64":"AAE="}])");
}

TEST_CASE("document: undefined is null in an array, absent in an object, nothing alone") {
  CHECK(json(hex("91 d4 00 00")) == "[null]");
  CHECK(json(hex("82 a1 61 d4 00 00 a1 62 01")) == R"({"b":1})");
  CHECK(json(hex("82 a1 61 01 a1 61 d4 00 00")) == "{}");
  CHECK(json(hex("d4 00 00")) == "");
}

TEST_CASE(
    "document: dates print as ISO strings, six digits for far years, null when there is none") {
  const auto date = [](std::string_view digits) { return json(hex("d7 00") + hex(digits)); };
  CHECK(date("00 00 00 00 00 00 00 05") == R"("1970-01-01T00:00:00.005Z")");
  CHECK(date("ff ff ff ff ff ff ff ff") == R"("1969-12-31T23:59:59.999Z")");
  CHECK(date("00 00 01 9b 76 da a8 00") == R"("2026-01-01T00:00:00.000Z")");
  CHECK(date("00 1e b2 08 c2 dc 00 00") == R"("+275760-09-13T00:00:00.000Z")");
  CHECK(date("00 1e b2 08 c2 dc 00 01") == "null");
  CHECK(date("ff e1 4d f7 3d 24 00 00") == R"("-271821-04-20T00:00:00.000Z")");
  CHECK(date("ff ff c7 6e 39 4a 74 00") == R"("-000001-01-01T00:00:00.000Z")");
}

TEST_CASE("document: what is no UTF-8 becomes U+FFFD, one for each maximal part") {
  CHECK(json(hex("a3 61 ff 62")) ==
        "\"a\xef\xbf\xbd"
        "b\"");
  CHECK(json(hex("a3 ed a0 80")) == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
  CHECK(json(hex("a4 f0 9f 98 61")) ==
        "\"\xef\xbf\xbd"
        "a\"");
  CHECK(json(hex("a4 f0 9f 98 80")) == "\"\xf0\x9f\x98\x80\"");
}

TEST_CASE("document: each key once, in its first place with its last value, indices first") {
  CHECK(json(map({string("a"), kOne, string("b"), kOne, string("a"), kTwo})) == R"({"a":2,"b":1})");
  CHECK(json(map({string("b"), kOne, string("10"), kOne, string("2"), kOne, string("01"), kOne})) ==
        R"({"2":1,"10":1,"b":1,"01":1})");
  // Two keys that JavaScript cannot tell apart.
  CHECK(json(map({hex("a1 ff"), kOne, hex("a1 fe"), kTwo})) == "{\"\xef\xbf\xbd\":2}");
}

TEST_CASE("document: keys of every kind become strings as property keys do") {
  CHECK(json(map({hex("07"), kOne, hex("cb 3f f8 00 00 00 00 00 00"), kOne})) ==
        R"({"7":1,"1.5":1})");
  CHECK(json(map({kNull, kOne, hex("c3"), kOne, hex("d4 00 00"), kOne})) ==
        R"({"null":1,"true":1,"undefined":1})");
  CHECK(json(map({hex("ca 7f c0 00 00"), kOne, hex("ca ff 80 00 00"), kOne})) ==
        R"({"NaN":1,"-Infinity":1})");
  CHECK(json(map({hex("c4 02 68 69"), kOne, hex("d5 05 68 69"), kOne})) == R"({"hi":1,"5,hi":1})");
  CHECK(json(map({hex("c7 01 00 61"), kOne, hex("80"), kOne})) ==
        R"({"[object ArrayBuffer]":1,"[object Object]":1})");
  CHECK(json(map({hex("d7 00 00 00 00 00 00 00 00 00"), kOne})) ==
        R"x({"Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)":1})x");
  CHECK(json(map({hex("d7 00 7f ff ff ff ff ff ff ff"), kOne})) == R"({"Invalid Date":1})");
}

TEST_CASE("document: an array for a key is joined by commas, null is nothing, arrays in it too") {
  CHECK(json(map({hex("90"), kOne})) == R"({"":1})");
  CHECK(json(map({hex("93 01 92 02 c0 90"), kOne})) == R"({"1,2,,":1})");
  CHECK(json(map({hex("91 91 a1 61"), kOne})) == R"({"a":1})");
  CHECK(json(map({hex("92 80 d4 00 00"), kOne})) == R"({"[object Object],":1})");
}

TEST_CASE("document: a map without toString() is no key") {
  const std::string sentence = "Cannot convert object to primitive value";
  CHECK(json(map({map({string("toString"), kOne}), kOne})) == sentence);
  CHECK(json(map({map({kProto, kNull}), kOne})) == sentence);
  CHECK(json(map({hex("91") + map({kProto, kNull}), kOne})) == sentence);
  CHECK(json(map({map({kProto, map({string("toString"), kOne})}), kOne})) == sentence);
  CHECK(json(map({map({kProto, map({string("a"), kOne})}), kOne})) == R"({"[object Object]":1})");
}

TEST_CASE("document: a key fails when its value is whole, not before and not later") {
  const std::string bad_key = map({kProto, kNull});
  CHECK(json(map({bad_key, hex("c1")})) == "Could not parse");
  CHECK(json(hex("82") + bad_key + kOne + hex("c1")) == "Cannot convert object to primitive value");
}

TEST_CASE("document: __proto__ sets the prototype, and is no member") {
  const std::string bytes = map({kProto, map({string("a"), kOne}), string("b"), kTwo});
  CHECK(json(bytes) == R"({"b":2})");
  const auto document = Document::read(bytes);
  REQUIRE(document.has_value());
  REQUIRE(document->find(document->root(), "a") != nullptr);
  CHECK(document->find(document->root(), "a")->raw == kOne);
  CHECK(document->find(document->root(), "c") == nullptr);
  CHECK(json(map({kProto, kOne})) == "{}");
  CHECK(json(map({kProto, hex("90"), string("a"), kOne})) == R"({"a":1})");
}

TEST_CASE("document: under a prototype of null, __proto__ is a member like any other") {
  CHECK(json(map({kProto, kNull, kProto, kOne})) == R"({"__proto__":1})");
  CHECK(json(map({kProto, map({kProto, kNull}), kProto, kOne})) == R"({"__proto__":1})");
  CHECK(json(map({kProto, kOne, kProto, kOne})) == "{}");
}

TEST_CASE("document: what runs built-in methods on strangers is given up") {
  const auto code = [](const std::string& bytes) {
    const auto document = Document::read(bytes);
    REQUIRE_FALSE(document.has_value());
    return document.error().code;
  };
  CHECK(code(map({kProto, hex("c4 00")})) == Errc::TooOdd);
  CHECK(code(map({map({kProto, hex("90")}), kOne})) == Errc::TooOdd);
}

TEST_CASE("document: more values or levels than asked for are given up") {
  const std::string three = hex("92 01 02");
  CHECK(Document::read(three, 3).has_value());
  CHECK(Document::read(three, 2).error().code == Errc::TooOdd);
  const std::size_t deepest = core::limits::kMsgpackDepthMax;
  CHECK(Document::read(std::string(deepest, '\x91') + '\x90').has_value());
  CHECK(Document::read(std::string(deepest + 1, '\x91') + '\x01').error().code == Errc::TooDeep);
}

TEST_CASE("document: everything must be read, and no more") {
  CHECK(json(hex("01 02")) == "1 trailing bytes");
  CHECK(json(hex("92 01 a3 61")) == "-2 trailing bytes");
}
