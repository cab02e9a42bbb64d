#include "core/engineio/base64.hpp"

#include <doctest/doctest.h>

namespace {

std::string decoded(std::string_view text) {
  std::string out;
  core::engineio::decode_base64(text, out);
  return out;
}

std::string encoded(std::string_view bytes) {
  std::string out;
  core::engineio::encode_base64(bytes, out);
  return out;
}

}  // namespace

TEST_CASE("decode_base64: of encode_base64 is the identity") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(decoded(encoded(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
  CHECK(encoded("a") == "YQ==");
  CHECK(encoded("ab") == "YWI=");
  CHECK(encoded("abc") == "YWJj");
}

TEST_CASE("decode_base64: both alphabets, padding optional, a single digit is nothing") {
  CHECK(decoded("-_+/") == decoded("+/-_"));
  CHECK(decoded("YQ") == "a");
  CHECK(decoded("A").empty());
  CHECK(decoded("").empty());
}

TEST_CASE("decode_base64: what is no digit is skipped, the first = ends it") {
  CHECK(decoded(" Y\nQ!\xc3\xa9Q ") == "a\x04");
  CHECK(decoded("YQ==YQ==") == "a");
  CHECK(decoded("=YQ").empty());
}

TEST_CASE("decode_base64: beyond Latin-1 Node looks at the low byte of each UTF-16 unit") {
  CHECK(decoded("\xc5\x81-") == "\x03");              // U+0141 is read as A.
  CHECK(decoded("YW\xf0\x9f\x98\x80JJ") == "a");      // The first half of U+1F600 is 0xD83D: =
  CHECK(decoded("YW\xe2\x80\xa8JJ") == "a\x62\x49");  // U+2028 is read as ( and skipped.
}
