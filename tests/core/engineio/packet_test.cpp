#include "core/engineio/packet.hpp"

#include <doctest/doctest.h>

namespace {

using core::engineio::decode_packet;
using core::engineio::PacketErrc;
using core::engineio::PacketType;

}  // namespace

TEST_CASE("decode_packet: each digit is its type, what follows is its data") {
  CHECK(decode_packet("0{}")->type == PacketType::Open);
  CHECK(decode_packet("1")->type == PacketType::Close);
  CHECK(decode_packet("2probe")->type == PacketType::Ping);
  CHECK(decode_packet("3probe")->data == "probe");
  CHECK(decode_packet("42[\"a\"]")->data == "2[\"a\"]");
  CHECK(decode_packet("5")->type == PacketType::Upgrade);
  CHECK(decode_packet("6")->type == PacketType::Noop);
  CHECK(decode_packet("4")->data.empty());
}

TEST_CASE("decode_packet: b is a binary message in base64, in any text") {
  const auto packet = decode_packet("bAQID");
  REQUIRE(packet.has_value());
  CHECK(packet->type == PacketType::Message);
  CHECK(packet->base64);
  CHECK(packet->data == "AQID");
  CHECK(decode_packet("b")->data.empty());
  CHECK_FALSE(decode_packet("4bAQID")->base64);
}

TEST_CASE("decode_packet: no bytes are Empty") {
  const auto packet = decode_packet("");
  REQUIRE_FALSE(packet.has_value());
  CHECK(packet.error().code == PacketErrc::Empty);
  CHECK(packet.error().offset_bytes == 0);
}

TEST_CASE("decode_packet: a first byte outside 0..6 and b is UnknownType at offset 0") {
  for (const std::string_view text :
       {"7hello", "8x", "9", "a", "B", " 4", "\x1e", "\xc3\xa9", "/"}) {
    const auto packet = decode_packet(text);
    REQUIRE_FALSE(packet.has_value());
    CHECK(packet.error().code == PacketErrc::UnknownType);
    CHECK(packet.error().offset_bytes == 0);
  }
}
