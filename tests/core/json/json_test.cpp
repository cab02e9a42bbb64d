#include "core/json/json.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace {

using core::json::Errc;
using core::json::inspect;
using core::json::Kind;

bool accepts(std::string_view text) { return inspect(text).has_value(); }

Errc error_of(std::string_view text) {
  const auto shape = inspect(text);
  REQUIRE_FALSE(shape.has_value());
  return shape.error().code;
}

std::string unescaped(std::string_view raw) {
  std::string out;
  core::json::unescape(raw, out);
  return out;
}

}  // namespace

TEST_CASE("inspect: names the kind of the outermost value") {
  CHECK(inspect("null")->kind == Kind::Null);
  CHECK(inspect("true")->kind == Kind::True);
  CHECK(inspect("false")->kind == Kind::False);
  CHECK(inspect("-0.5e7")->kind == Kind::Number);
  CHECK(inspect("\"x\"")->kind == Kind::String);
  CHECK(inspect("[]")->kind == Kind::Array);
  CHECK(inspect("{}")->kind == Kind::Object);
}

TEST_CASE("inspect: gives count, first and last element of an array, without whitespace") {
  const std::string_view text = " [ \"a\" , {\"b\":[1,2]} , 3 ] ";
  const auto shape = inspect(text);
  REQUIRE(shape.has_value());
  CHECK(shape->element_count == 3);
  CHECK(shape->first.kind == Kind::String);
  CHECK(shape->first.raw == "\"a\"");
  CHECK(shape->last.kind == Kind::Number);
  CHECK(shape->last.raw == "3");
}

TEST_CASE("inspect: of one element, first and last are the same, of none, both are empty") {
  const auto one = inspect("[[1,2]]");
  REQUIRE(one.has_value());
  CHECK(one->element_count == 1);
  CHECK(one->first.raw == "[1,2]");
  CHECK(one->last.raw.data() == one->first.raw.data());

  const auto none = inspect("[ ]");
  REQUIRE(none.has_value());
  CHECK(none->element_count == 0);
  CHECK(none->first.raw.empty());
}

TEST_CASE("inspect: counts an object's members and duplicates") {
  CHECK(inspect(R"({"a":1,"a":2,"b":[3,4]})")->element_count == 3);
  CHECK(inspect(R"({"a":1})")->first.raw.empty());
}

TEST_CASE("inspect: accepts what JSON.parse accepts and strict libraries do not") {
  CHECK(accepts(R"("\ud800")"));
  CHECK(accepts(R"("\udc00\ud800")"));
  CHECK(accepts("1e999"));
  CHECK(accepts("-1e-999"));
  CHECK(accepts(std::string(400, '9')));
  CHECK(accepts(R"({"a":1,"a":2})"));
  CHECK(accepts("\"\x7f\""));
  CHECK(accepts("\"\xe2\x80\xa8\""));
  CHECK(accepts("\t\r\n 1 \t\r\n"));
}

TEST_CASE("inspect: refuses what JSON.parse refuses, and says why") {
  CHECK(error_of("") == Errc::UnexpectedEnd);
  CHECK(error_of("  ") == Errc::UnexpectedEnd);
  CHECK(error_of("[1,]") == Errc::UnexpectedByte);
  CHECK(error_of("[,1]") == Errc::UnexpectedByte);
  CHECK(error_of("{\"a\":1,}") == Errc::UnexpectedByte);
  CHECK(error_of("{a:1}") == Errc::UnexpectedByte);
  CHECK(error_of("{\"a\"}") == Errc::UnexpectedByte);
  CHECK(error_of("[1}") == Errc::UnexpectedByte);
  CHECK(error_of("]") == Errc::UnexpectedByte);
  CHECK(error_of("'a'") == Errc::UnexpectedByte);
  CHECK(error_of("tru") == Errc::UnexpectedEnd);
  CHECK(error_of("trua") == Errc::UnexpectedByte);
  CHECK(error_of("NaN") == Errc::UnexpectedByte);
  CHECK(error_of("[1") == Errc::UnexpectedEnd);
  CHECK(error_of("\"a") == Errc::UnexpectedEnd);
  CHECK(error_of("\"a\nb\"") == Errc::ControlCharacter);
  CHECK(error_of(std::string_view("\"a\0b\"", 5)) == Errc::ControlCharacter);
  CHECK(error_of(R"("\x")") == Errc::BadEscape);
  CHECK(error_of(R"("\u12G4")") == Errc::BadEscape);
  CHECK(error_of(R"("\u12)") == Errc::UnexpectedEnd);
  CHECK(error_of("01") == Errc::BadNumber);
  CHECK(error_of("-01") == Errc::BadNumber);
  CHECK(error_of("-a") == Errc::BadNumber);
  CHECK(error_of("1.a") == Errc::BadNumber);
  CHECK(error_of("1ea") == Errc::BadNumber);
  CHECK(error_of("-") == Errc::UnexpectedEnd);
  CHECK(error_of("+1") == Errc::UnexpectedByte);
  CHECK(error_of(".5") == Errc::UnexpectedByte);
  CHECK(error_of("1 2") == Errc::TrailingText);
  CHECK(error_of("[]]") == Errc::TrailingText);
}

TEST_CASE("inspect: JSON's whitespace is four characters, a BOM and JavaScript's others are none") {
  for (const std::string_view space :
       {"\v", "\f", "\xc2\xa0", "\xef\xbb\xbf", "\xe2\x80\xa8", "\xc2\x85"})
    CHECK_FALSE(accepts(std::string(space) + "[]"));
}

TEST_CASE("inspect: the offset is that of the byte that cannot stand there") {
  CHECK(inspect("[1,x]").error().offset_bytes == 3);
  CHECK(inspect("{\"a\" 1}").error().offset_bytes == 5);
  CHECK(inspect("\"0123456789abcdefghij\n\"").error().offset_bytes == 21);
  CHECK(inspect("[1").error().offset_bytes == 2);
}

TEST_CASE("inspect: a string's end is found wherever it lies against blocks of sixteen") {
  for (std::size_t length = 0; length < 70; ++length) {
    const std::string run(length, 'x');
    CHECK(accepts(std::string("\"") + run + "\""));
    CHECK(accepts(std::string("[\"") + run + "\",\"" + run + "\"]"));
    CHECK(accepts(std::string("\"") + run + "\\n" + run + "\""));
    CHECK(error_of(std::string("\"") + run + "\x1f" + run + "\"") == Errc::ControlCharacter);
    CHECK(error_of(std::string("\"") + run) == Errc::UnexpectedEnd);
    CHECK(error_of(std::string("\"") + run + "\\") == Errc::UnexpectedEnd);
    CHECK(accepts(std::string("\"") + run + "\xc3\xbf\x20\x7f\""));
  }
}

TEST_CASE("inspect: follows five million levels, and each kind of bracket on the way back") {
  constexpr std::size_t kLevels = 5'000'000;
  CHECK(accepts(std::string(kLevels, '[') + std::string(kLevels, ']')));
  CHECK(error_of(std::string(kLevels, '[') + std::string(kLevels - 1, ']')) == Errc::UnexpectedEnd);

  for (const std::size_t half : {32U, 33U, 64U, 512U, 545U, 4000U}) {
    std::string text;
    for (std::size_t i = 0; i < half; ++i) text += "[{\"a\":";
    text += "0";
    std::string good = text;
    for (std::size_t i = 0; i < half; ++i) good += "}]";
    CHECK(accepts(good));
    for (std::size_t wrong = 0; wrong < half; wrong += 31) {
      std::string bad = good;
      bad[text.size() + 2 * wrong] = ']';
      CHECK(error_of(bad) == Errc::UnexpectedByte);
    }
  }
}

TEST_CASE("find_member: the last of equal keys wins, escapes in keys are seen through") {
  const std::string_view object = R"( {"a":1,"b":{"a":5},"\u0061":[2, 3],"c":null} )";
  CHECK(core::json::find_member(object, "a")->raw == "[2, 3]");
  CHECK(core::json::find_member(object, "b")->kind == Kind::Object);
  CHECK_FALSE(core::json::find_member(object, "d").has_value());
  CHECK_FALSE(core::json::find_member("{}", "a").has_value());
  const std::array<std::string_view, 4> keys{"d", "b", "a", "toString"};
  const auto found = core::json::find_members(object, keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto alone = core::json::find_member(object, keys[i]);
    REQUIRE(found[i].has_value() == alone.has_value());
    if (alone) CHECK(found[i]->raw == alone->raw);
  }
}

TEST_CASE("string_equals: compares after unescaping, without a copy") {
  CHECK(core::json::string_equals(R"("conn\u0065ct")", "connect"));
  CHECK(core::json::string_equals(R"("\ud83d\ude00")", "\xf0\x9f\x98\x80"));
  CHECK_FALSE(core::json::string_equals(R"("conn\u0065c")", "connect"));
  CHECK_FALSE(core::json::string_equals(R"("conn\u0065ct ")", "connect"));
  CHECK(core::json::string_equals(R"("")", ""));
}

TEST_CASE("unescape: lone surrogates become three bytes, halves side by side one character") {
  CHECK(unescaped(R"("\ud800")") == "\xed\xa0\x80");
  CHECK(unescaped(R"("\udc00\ud800")") == "\xed\xb0\x80\xed\xa0\x80");
  CHECK(unescaped(R"("\ud83d\ude00")") == "\xf0\x9f\x98\x80");
  CHECK(unescaped("\"\xed\xa0\xbd\\ude00\"") == "\xf0\x9f\x98\x80");
  CHECK(unescaped("\"\\ud83d\xed\xb8\x80\"") == "\xf0\x9f\x98\x80");
  CHECK(unescaped(R"("\"\\\/\b\f\n\r\t\u00e9")") == "\"\\/\b\f\n\r\t\xc3\xa9");
}
