#include "core/msgpack/excerpt.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "tests/core/msgpack/hex.hpp"

namespace {

using namespace core::msgpack;

std::string write(const std::string& bytes, std::size_t room = 1'000) {
  std::string buffer(room, '#');
  FixedText text(buffer);
  write_json(bytes, text);
  std::string written(text.view());
  if (text.cut()) written += "[cut]";
  CHECK(buffer.substr(text.size()).find_first_not_of('#') == std::string::npos);
  return written;
}

}  // namespace

TEST_CASE("excerpt: values print as JSON") {
  CHECK(write(hex("95 01 c0 c2 c3 cb 3f b9 99 99 99 99 99 9a")) == "[1,null,false,true,0.1]");
  CHECK(write(hex("82 a1 61 90 a1 62 81 a1 63 80")) == R"({"a":[],"b":{"c":{}}})");
  CHECK(write(hex("a5 22 5c 0a 01 e9")) == R"("\"\\\n\u0001)"
                                           "\xef\xbf\xbd\"");
  CHECK(write(hex("c4 0a 00 01 02 03 04 05 06 07 08 09")) == R"({"$base64":"AAECAwQFBgcICQ=="})");
  CHECK(write(hex("c7 01 00 ff")) == R"({"$base64":"/w=="})");
  CHECK(write(hex("d4 80 ff")) == R"([-128,{"$base64":"/w=="}])");
  CHECK(write(hex("d7 00 00 00 00 00 00 00 00 05")) == R"("1970-01-01T00:00:00.005Z")");
}

TEST_CASE("excerpt: members stand as they were sent, and undefined is null") {
  CHECK(write(hex("83 a1 62 01 a1 30 02 a1 62 d4 00 00")) == R"({"b":1,"0":2,"b":null})");
}

TEST_CASE("excerpt: keys are quoted, whatever they are") {
  CHECK(write(hex("84 07 01 c0 01 c4 01 61 01 ca 7f c0 00 00 01")) ==
        R"({"7":1,"null":1,"a":1,"NaN":1})");
  CHECK(write(hex("83 90 01 80 02 d4 01 61 03")) == R"({"…":1,"…":2,"…":3})");
  CHECK(write(hex("82 d7 00 00 00 00 00 00 00 00 00 01 d4 00 00 02")) ==
        R"x({"Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)":1,"undefined":2})x");
}

TEST_CASE("excerpt: with too little room it is the start of the whole, in whole characters") {
  const std::string bytes =
      hex("93 a6 61 c3 a9 22 ff 0a 83 a1 61 cb 3f b9 99 99 99 99 99 9a 91 01 02 c0 c4 03 01 02 03 "
          "d7 00 00 00 00 00 00 00 00 05");
  const std::string whole = write(bytes);
  REQUIRE(whole.find("[cut]") == std::string::npos);
  CHECK(write(bytes, whole.size()) == whole);
  for (std::size_t room = 0; room < whole.size(); ++room) {
    CAPTURE(room);
    std::string part = write(bytes, room);
    REQUIRE(part.ends_with("[cut]"));
    part.resize(part.size() - 5);
    CHECK(whole.starts_with(part));
    // Not within a character.
    CHECK((static_cast<unsigned char>(whole[part.size()]) & 0xc0U) != 0x80U);
  }
}

TEST_CASE("excerpt: the deepest packets are written to their end") {
  const std::size_t deepest = core::limits::kMsgpackDepthMax;
  const std::string text = write(std::string(deepest, '\x91') + '\x90', 4'000);
  CHECK(text == std::string(deepest + 1, '[') + std::string(deepest + 1, ']'));
  CHECK(core::json::inspect(text).has_value());
}
