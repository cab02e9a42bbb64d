#include "core/msgpack/reader.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/core/msgpack/hex.hpp"

namespace {

using namespace core::msgpack;

struct Read {
  bool is_read;
  Token token;
  std::size_t at;
  Error error;
  double number;
};

Read read(const std::string& bytes) {
  Reader reader(bytes);
  Read result{};
  result.is_read = reader.next(result.token);
  result.at = reader.at();
  result.error = reader.error();
  if (result.is_read && result.token.kind == Kind::Number) result.number = number_of(bytes);
  return result;
}

std::string message(std::string_view digits) {
  const std::string bytes = hex(digits);
  Reader reader(bytes);
  Token token;
  std::string text;
  if (!reader.next(token) || !reader.finish()) append_message(reader.error(), bytes.size(), text);
  return text;
}

}  // namespace

TEST_CASE("reader: integers of every width, in either sign") {
  CHECK(read(hex("00")).number == 0);
  CHECK(read(hex("7f")).number == 127);
  CHECK(read(hex("e0")).number == -32);
  CHECK(read(hex("ff")).number == -1);
  CHECK(read(hex("cc ff")).number == 255);
  CHECK(read(hex("cd ff fe")).number == 65534);
  CHECK(read(hex("ce ff ff ff ff")).number == 4294967295.0);
  CHECK(read(hex("cf 00 20 00 00 00 00 00 00")).number == 9007199254740992.0);
  CHECK(read(hex("d0 80")).number == -128);
  CHECK(read(hex("d1 80 00")).number == -32768);
  CHECK(read(hex("d2 80 00 00 00")).number == -2147483648.0);
  CHECK(read(hex("d3 ff ff ff ff ff ff ff ff")).number == -1);
}

TEST_CASE("reader: 64 bits are rounded to a double, ties to even") {
  CHECK(read(hex("cf 00 20 00 00 00 00 00 01")).number == 9007199254740992.0);
  CHECK(read(hex("cf 00 20 00 00 00 00 00 03")).number == 9007199254740996.0);
  CHECK(read(hex("cf ff ff ff ff ff ff ff ff")).number == 0x1p64);
  CHECK(read(hex("d3 80 00 00 00 00 00 00 00")).number == -0x1p63);
}

TEST_CASE("reader: floats, infinities and NaN among them") {
  CHECK(read(hex("ca 3f c0 00 00")).number == 1.5);
  CHECK(read(hex("ca 3d cc cc cd")).number == 0.10000000149011612);
  CHECK(read(hex("cb 3f b9 99 99 99 99 99 9a")).number == 0.1);
  CHECK(std::isinf(read(hex("ca 7f 80 00 00")).number));
  CHECK(std::isnan(read(hex("cb 7f f8 00 00 00 00 00 00")).number));
  CHECK(std::signbit(read(hex("cb 80 00 00 00 00 00 00 00")).number));
}

TEST_CASE("reader: of an array or a map the head is read, in any width") {
  for (const char* head : {"82", "de 00 02", "df 00 00 00 02"}) {
    const Read map = read(hex(head) + hex("01 02 03 04"));
    CHECK(map.token.kind == Kind::Map);
    CHECK(map.token.size == 2);
    CHECK(map.at == hex(head).size());
  }
  for (const char* head : {"92", "dc 00 02", "dd 00 00 00 02"}) {
    const Read array = read(hex(head) + hex("01 02"));
    CHECK(array.token.kind == Kind::Array);
    CHECK(array.token.size == 2);
  }
}

TEST_CASE("reader: strings and binary in every width") {
  for (const char* head : {"a2", "d9 02", "da 00 02", "db 00 00 00 02"}) {
    const std::string bytes = hex(head) + "hi";
    Reader reader(bytes);
    Token token;
    REQUIRE(reader.next(token));
    CHECK(token.kind == Kind::String);
    CHECK(reader.content(token) == "hi");
    CHECK(reader.finish());
  }
  for (const char* head : {"c4 02", "c5 00 02", "c6 00 00 00 02"}) {
    const std::string bytes = hex(head) + "hi";
    Reader reader(bytes);
    Token token;
    REQUIRE(reader.next(token));
    CHECK(token.kind == Kind::Binary);
    CHECK(reader.content(token) == "hi");
    CHECK(reader.finish());
  }
}

TEST_CASE("reader: extensions of type 0 have meanings of their own") {
  CHECK(read(hex("d4 00 00")).token.kind == Kind::Undefined);
  CHECK(read(hex("d4 01 00")).token.kind == Kind::Extension);
  CHECK(read(hex("d5 00 00 00")).token.kind == Kind::Extension);
  CHECK(read(hex("d6 00 00 00 00 00")).token.kind == Kind::Extension);
  CHECK(read(hex("d8 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")).token.kind ==
        Kind::Extension);
  CHECK(read(hex("d7 00 00 00 00 00 00 00 00 05")).token.kind == Kind::Date);
  CHECK(number_of(hex("d7 00 ff ff ff ff ff ff ff fb")) == -5);
  CHECK(read(hex("d7 01 00 00 00 00 00 00 00 05")).token.kind == Kind::Extension);
  CHECK(number_of(hex("d7 ff 00 00 00 00 00 00 00 05")) == -1);
  CHECK(read(hex("c7 01 00 61")).token.kind == Kind::ArrayBuffer);
  CHECK(read(hex("c8 00 01 00 61")).token.kind == Kind::ArrayBuffer);
  CHECK(read(hex("c9 00 00 00 01 00 61")).token.kind == Kind::ArrayBuffer);
  CHECK(number_of(hex("c7 01 80 61")) == -128);
  CHECK(number_of(hex("c9 00 00 00 01 7f 61")) == 127);
}

TEST_CASE("reader: no byte and 0xc1 are no value") {
  CHECK(message("") == "Could not parse");
  CHECK(message("c1") == "Could not parse");
  CHECK(read(hex("c1")).error.offset_bytes == 0);
}

TEST_CASE("reader: a number or length that the bytes end in is out of range, in Node's words") {
  CHECK(message("cc") ==
        "The value of \"offset\" is out of range. It must be >= 0 and <= 0. Received 1");
  CHECK(message("cd 00") ==
        "The value of \"offset\" is out of range. It must be >= 0 and <= 0. Received 1");
  CHECK(message("cd") == "Attempt to access memory outside buffer bounds");
  CHECK(message("cb 00 00 00") == "Attempt to access memory outside buffer bounds");
  CHECK(message("c7 01") ==
        "The value of \"offset\" is out of range. It must be >= 0 and <= 1. Received 2");
}

TEST_CASE("reader: 64 bits are read in halves, and the second may be the one that is cut") {
  CHECK(message("cf 00 00 00") ==
        "The value of \"offset\" is out of range. It must be >= 0 and <= 0. Received 1");
  CHECK(message("cf 00 00 00 00 00 00 00") ==
        "The value of \"offset\" is out of range. It must be >= 0 and <= 4. Received 5");
  CHECK(message("d7 00 00 00 00 00 00") ==
        "The value of \"offset\" is out of range. It must be >= 0 and <= 3. Received 6");
}

TEST_CASE("reader: content that is cut shows at the end, as less than nothing") {
  CHECK(message("a5 61") == "-4 trailing bytes");
  CHECK(message("c6 ff ff ff ff") == "-4294967295 trailing bytes");
  CHECK(message("d4 00") == "-1 trailing bytes");
  CHECK(message("d8 01 00") == "-15 trailing bytes");
  CHECK(message("00 00 00") == "2 trailing bytes");
  const std::string cut = hex("a5 61");
  Reader reader(cut);
  Token token;
  REQUIRE(reader.next(token));
  CHECK(reader.content(token) == "a");
  CHECK_FALSE(reader.next(token));
  CHECK(reader.error().code == Errc::NoValue);
}
