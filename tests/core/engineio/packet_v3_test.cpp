#include "core/engineio/packet_v3.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/engineio/base64.hpp"

namespace {

using core::engineio::decode_binary_packet_v3;
using core::engineio::decode_packet_v3;
using core::engineio::PacketErrc;
using core::engineio::PacketType;
using core::engineio::PacketV3View;
using namespace std::string_view_literals;

std::string bytes_of(const PacketV3View& packet) {
  std::string bytes;
  core::engineio::decode_base64(packet.data, bytes);
  return bytes;
}

}  // namespace

TEST_CASE("decode_packet_v3: each digit is its type, what follows is its data") {
  CHECK(decode_packet_v3("0{}")->type == PacketType::Open);
  CHECK(decode_packet_v3("1")->type == PacketType::Close);
  CHECK(decode_packet_v3("2probe")->type == PacketType::Ping);
  CHECK(decode_packet_v3("3probe")->data == "probe");
  CHECK(decode_packet_v3("42[\"a\"]")->data == "2[\"a\"]");
  CHECK(decode_packet_v3("5")->type == PacketType::Upgrade);
  CHECK(decode_packet_v3("6")->type == PacketType::Noop);
  CHECK(decode_packet_v3("4")->data.empty());
  CHECK_FALSE(decode_packet_v3("4")->binary);
  CHECK_FALSE(decode_packet_v3("4b4AQID")->base64);
}

TEST_CASE("decode_packet_v3: the data is a view of the input, to the byte") {
  const std::string_view text = "4\0\xff\xed\xa0\x80"sv;
  const auto packet = decode_packet_v3(text);
  REQUIRE(packet.has_value());
  CHECK(packet->data.data() == text.data() + 1);
  CHECK(packet->data.size() == text.size() - 1);
}

TEST_CASE("decode_packet_v3: no bytes are Empty") {
  const auto packet = decode_packet_v3("");
  REQUIRE_FALSE(packet.has_value());
  CHECK(packet.error().code == PacketErrc::Empty);
  CHECK(packet.error().offset_bytes == 0);
}

TEST_CASE("decode_packet_v3: a first byte outside 0..6 and b is UnknownType at offset 0") {
  for (const std::string_view text : {"7hello"sv, "8"sv, "9"sv, "a"sv, "B4AQID"sv, " 4"sv, "\0"sv,
                                      "/"sv, "\x04"sv, "\xc3\xa9"sv, "\xf0\x9f\x98\x80"sv}) {
    CAPTURE(text);
    const auto packet = decode_packet_v3(text);
    REQUIRE_FALSE(packet.has_value());
    CHECK(packet.error().code == PacketErrc::UnknownType);
    CHECK(packet.error().offset_bytes == 0);
  }
}

TEST_CASE("decode_packet_v3: b, a type and base64 are a packet of bytes, of any type") {
  const auto message = decode_packet_v3("b4AQID");
  REQUIRE(message.has_value());
  CHECK(message->type == PacketType::Message);
  CHECK(message->base64);
  CHECK_FALSE(message->binary);
  CHECK(message->data == "AQID");
  CHECK(decode_packet_v3("b2AQID")->type == PacketType::Ping);
  CHECK(decode_packet_v3("b4")->data.empty());
}

TEST_CASE("decode_packet_v3: nothing behind b is refused, an unknown type is none") {
  for (const std::string_view text : {"b"sv, "b7AQID"sv, "bAQID"sv, "b\0AQID"sv, "bbAQID"sv,
                                      "b\xc3\xa9"sv, "b\xe2"sv, "b\xff"sv, "b\x80"sv}) {
    CAPTURE(text);
    const auto packet = decode_packet_v3(text);
    REQUIRE(packet.has_value());
    CHECK_FALSE(packet->type.has_value());
    CHECK(packet->base64);
  }
  CHECK(bytes_of(*decode_packet_v3("b7AQID")) == "\x01\x02\x03");
}

TEST_CASE("decode_packet_v3: behind b the type is one UTF-16 unit, whatever bytes it takes") {
  CHECK(decode_packet_v3("b\xc3\xa9"
                         "AQID")
            ->data == "AQID");
  CHECK(decode_packet_v3("b\xe2\x82\xac"
                         "AQID")
            ->data == "AQID");
  CHECK(decode_packet_v3("b\xed\xa0\xbd"  // The half that a length has cut off.
                         "AQID")
            ->data == "AQID");
  CHECK(decode_packet_v3("b\xc3")->data.empty());
}

TEST_CASE("decode_packet_v3: of a character with two units the second is a digit of base64") {
  // U+1F441 is D83D DC41, and Node reads the low byte of each: 0x41 is A.
  CHECK(bytes_of(*decode_packet_v3("b\xf0\x9f\x91\x81"
                                   "QID")) == "\x01\x02\x03");
  // U+1F43D ends in 3D, which is `=`.
  CHECK(bytes_of(*decode_packet_v3("b\xf0\x9f\x90\xbd"
                                   "AQID"))
            .empty());
}

TEST_CASE("decode_binary_packet_v3: the first byte is the type as a number, nothing is refused") {
  const PacketV3View message = decode_binary_packet_v3("\x04\x01\x02"sv);
  CHECK(message.type == PacketType::Message);
  CHECK(message.binary);
  CHECK_FALSE(message.base64);
  CHECK(message.data == "\x01\x02");
  CHECK(decode_binary_packet_v3("\0"sv).type == PacketType::Open);

  for (const std::string_view bytes : {""sv, "\x07"sv, "4hello"sv, "\xff"sv, "b4AQID"sv}) {
    const PacketV3View packet = decode_binary_packet_v3(bytes);
    CHECK_FALSE(packet.type.has_value());
    CHECK(packet.binary);
    CHECK(packet.data == bytes.substr(bytes.empty() ? 0 : 1));
  }
}
