#include "core/socketio/packet.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace {

using core::json::Kind;
using core::socketio::decode_packet;
using core::socketio::decode_string;
using core::socketio::PacketErrc;
using core::socketio::PacketType;
using core::socketio::PacketView;

PacketView decoded(std::string_view text) {
  CAPTURE(std::string(text));
  const auto packet = decode_packet(text);
  REQUIRE(packet.has_value());
  return *packet;
}

PacketErrc error_of(std::string_view text) {
  CAPTURE(std::string(text));
  const auto packet = decode_packet(text);
  REQUIRE_FALSE(packet.has_value());
  return packet.error().code;
}

std::size_t offset_of_error(std::string_view text) {
  const auto packet = decode_packet(text);
  REQUIRE_FALSE(packet.has_value());
  return packet.error().offset_bytes;
}

}  // namespace

TEST_CASE("decode_packet: an event has its name, its last argument and their count") {
  const PacketView packet = decoded(R"(2["news",{"a":[1]},"x"])");
  CHECK(packet.type == PacketType::Event);
  CHECK(packet.ns == "/");
  CHECK_FALSE(packet.id.has_value());
  CHECK(packet.data == R"(["news",{"a":[1]},"x"])");
  CHECK(packet.payload.first.kind == Kind::String);
  CHECK(packet.payload.first.raw == "\"news\"");
  CHECK(packet.payload.last.raw == "\"x\"");
  CHECK(packet.payload.element_count == 3);
}

TEST_CASE("decode_packet: namespace, id and attachments") {
  const PacketView packet = decoded(R"(52-/admin,13["a",{"_placeholder":true,"num":0},1])");
  CHECK(packet.type == PacketType::BinaryEvent);
  CHECK(packet.attachments == 2);
  CHECK(packet.ns == "/admin");
  CHECK(packet.id->integer == 13);
}

TEST_CASE("decode_packet: a namespace runs to the comma, or to the end") {
  CHECK(decoded("0/admin,").ns == "/admin");
  CHECK(decoded("0/admin").ns == "/admin");
  CHECK(decoded("0/a?b=c,{}").ns == "/a?b=c");
  CHECK(decoded("0//,").ns == "//");
  CHECK(decoded(R"(2/nope["x"])").ns == R"(/nope["x"])");
  CHECK(decoded(R"(2/nope["x"])").data.empty());
  CHECK(decoded("1/,").ns == "/");
}

TEST_CASE("decode_packet: what clients accept, as measured on real ones") {
  for (const std::string_view text : {R"(2["ok",1])",
                                      R"(2[1,"a"])",
                                      R"(2["error"])",
                                      R"(2["reconnect"])",
                                      R"(2["__proto__"])",
                                      R"(21["q"])",
                                      R"(2/nope,["x"])",
                                      "2",
                                      "0",
                                      "0{}",
                                      R"(0{"sid":"B"})",
                                      "1",
                                      "1/nope,",
                                      "3[1]",
                                      "399[1]",
                                      R"(4"err")",
                                      R"(4{"message":"no"})",
                                      "4",
                                      "412",
                                      R"(51-["x",{"_placeholder":true,"num":0}])",
                                      R"(51-["x"])",
                                      R"(510-["x"])",
                                      R"(2["s","\ud800\u0000"])",
                                      R"(2[1e999])"})
    decoded(text);
}

TEST_CASE("decode_packet: what clients refuse, as measured on real ones, and why") {
  CHECK(error_of("2[null]") == PacketErrc::EventNameKind);
  CHECK(error_of("2[null,null]") == PacketErrc::EventNameKind);
  CHECK(error_of("2[true]") == PacketErrc::EventNameKind);
  CHECK(error_of("2[{}]") == PacketErrc::EventNameKind);
  CHECK(error_of(R"(2[["x"]])") == PacketErrc::EventNameKind);
  CHECK(error_of("2[]") == PacketErrc::EventNameMissing);
  CHECK(error_of("2{}") == PacketErrc::NotArray);
  CHECK(error_of("2null") == PacketErrc::NotArray);
  CHECK(error_of(R"(2"x")") == PacketErrc::NotArray);
  CHECK(error_of(R"(2["x")") == PacketErrc::NotJson);
  CHECK(error_of(R"(2["x"]y)") == PacketErrc::NotJson);
  CHECK(error_of("2[\"a\"]\x1e"
                 "42[\"b\"]") == PacketErrc::NotJson);
  CHECK(error_of("9") == PacketErrc::UnknownType);
  CHECK(error_of(R"(7["x"])") == PacketErrc::UnknownType);
  CHECK(error_of("x") == PacketErrc::UnknownType);
  CHECK(error_of("0[]") == PacketErrc::ConnectNotObject);
  CHECK(error_of("0null") == PacketErrc::ConnectNotObject);
  CHECK(error_of(R"(0"x")") == PacketErrc::ConnectNotObject);
  CHECK(error_of("1{}") == PacketErrc::DisconnectWithPayload);
  CHECK(error_of("31{}") == PacketErrc::NotArray);
  CHECK(error_of(R"(4["err"])") == PacketErrc::ConnectErrorPayload);
  CHECK(error_of("4null") == PacketErrc::ConnectErrorPayload);
  CHECK(error_of(R"(5["x"])") == PacketErrc::IllegalAttachmentCount);
  CHECK(error_of(R"(50-["x"])") == PacketErrc::IllegalAttachmentCount);
  CHECK(error_of(R"(5x-["x"])") == PacketErrc::IllegalAttachmentCount);
  CHECK(error_of(R"(511-["x"])") == PacketErrc::TooManyAttachments);
  CHECK(error_of(R"(51-["connect",{"_placeholder":true,"num":0}])") ==
        PacketErrc::EventNameReserved);
  CHECK(error_of(R"(51-[null,{"_placeholder":true,"num":0}])") == PacketErrc::EventNameKind);
}

TEST_CASE("decode_packet: reserved event names, also when an escape hides one") {
  for (const std::string_view text :
       {R"(2["connect"])", R"(2["connect_error"])", R"(2["disconnect"])", R"(2["disconnecting"])",
        R"(2["newListener"])", R"(2["removeListener"])", R"(2["conn\u0065ct"])",
        R"(2["\u0063onnect"])", R"(2["\u0072emoveListene\u0072"])"})
    CHECK(error_of(text) == PacketErrc::EventNameReserved);
  for (const std::string_view text :
       {R"(2["Connect"])", R"(2["connect "])", R"(2["connec"])", R"(2["\u0063onnected"])",
        R"(2["conn\\u0065ct"])", R"(2[""])"})
    decoded(text);
  decoded(R"(3["connect"])");
}

TEST_CASE("decode_packet: a type that is whitespace is CONNECT, since Number(\" \") is 0") {
  CHECK(decoded(" ").type == PacketType::Connect);
  CHECK(decoded("\n{\"a\":1}").data == R"({"a":1})");
  CHECK(decoded("\xc2\xa0/x,").ns == "/x");
  CHECK(decoded("\xef\xbb\xbf").type == PacketType::Connect);
  CHECK(error_of("\xc2\x85") == PacketErrc::UnknownType);
  CHECK(error_of("\xf0\x9f\x98\x80") == PacketErrc::UnknownType);
}

TEST_CASE("decode_packet: an id is digits and whitespace, as Number(c) == c lets through") {
  CHECK(decoded(R"(2 ["x"])").id->value == 0);
  CHECK(decoded(R"(2 12 ["x"])").id->value == 12);
  CHECK(std::isnan(decoded(R"(21 2["x"])").id->value));
  CHECK_FALSE(decoded(R"(21 2["x"])").id->integer.has_value());
  CHECK(decoded("2\xef\xbb\xbf"
                "3[\"x\"]")
            .id->integer == 3);
  CHECK(decoded("2\xe2\x80\xa8[\"x\"]").id->integer == 0);
  CHECK(decoded(R"(2007["x"])").id->integer == 7);
  CHECK(decoded("312").id->integer == 12);
  CHECK(error_of(R"(2-1["x"])") == PacketErrc::NotJson);
  CHECK(error_of(R"(21e5["x"])") == PacketErrc::NotJson);
  CHECK(error_of("2\xc2\x85[\"x\"]") == PacketErrc::NotJson);
}

TEST_CASE("decode_packet: an id is a double, so large ones lose digits") {
  CHECK(decoded("39007199254740993[]").id->integer == 9007199254740992U);
  CHECK(decoded("318446744073709551616[]").id->value == 0x1p64);
  CHECK_FALSE(decoded("318446744073709551616[]").id->integer.has_value());
  CHECK(std::isinf(decoded(std::string("3") + std::string(320, '9') + "[]").id->value));
}

TEST_CASE("decode_packet: a count of attachments is any Number() that is an integer from 1 to 10") {
  for (const std::string_view text :
       {R"(51e0-["x"])", R"(5 1-["x"])", R"(50x1-["x"])", R"(50b1-["x"])", R"(5+1-["x"])",
        R"(51.-["x"])", R"(5.1e1-["x"])",
        "5\xc2\xa0"
        "1\xef\xbb\xbf-[\"x\"]",
        R"(501-["x"])", R"(51.00000000000000000000001-["x"])"})
    CHECK(decoded(text).attachments == 1);
  CHECK(decoded(R"(510.0000000000000000001-["x"])").attachments == 10);
  CHECK(decoded(R"(51e1-["x"])").attachments == 10);
  for (const std::string_view text :
       {R"(5-["x"])", R"(5 -["x"])", R"(5-1-["x"])", R"(51.5-["x"])", R"(5Infinity-["x"])",
        R"(51e400-["x"])", R"(51e-400-["x"])", R"(5NaN-["x"])", R"(5inf-["x"])", R"(51_0-["x"])",
        R"(50x-["x"])", "5", "51",
        "5\xe1\xa0\x8e"
        "1-[\"x\"]"})
    CHECK(error_of(text) == PacketErrc::IllegalAttachmentCount);
  CHECK(error_of(R"(51e308-["x"])") == PacketErrc::TooManyAttachments);
}

TEST_CASE("decode_packet: the limit on attachments is the receiver's option") {
  CHECK(decode_packet(R"(520-["x"])", {.attachments_max = 20}).has_value());
  CHECK(decode_packet(R"(52-["x"])", {.attachments_max = 1}).error().code ==
        PacketErrc::TooManyAttachments);
}

TEST_CASE("decode_packet: a binary packet without data passes") {
  CHECK(decoded("51-").data.empty());
  CHECK(decoded("51-").attachments == 1);
}

TEST_CASE("decode_packet: no text is undefined to the decoder, the empty string would be CONNECT") {
  CHECK(error_of("") == PacketErrc::NoData);
  CHECK(decode_string("")->type == PacketType::Connect);
}

TEST_CASE("decode_packet: the offset counts from the start of the text") {
  CHECK(offset_of_error("9") == 0);
  CHECK(offset_of_error("5x-[]") == 1);
  CHECK(offset_of_error(R"(2/a,1["x",y])") == 10);
  CHECK(offset_of_error(R"(2[null])") == 1);
}

TEST_CASE("decode_packet: data keeps its whitespace behind, never before") {
  CHECK(decoded("2[\"a\"]\n ").data == "[\"a\"]\n ");
  CHECK(decoded("2\n[\"a\"]").data == "[\"a\"]");
}

TEST_CASE("reason_text: starts with the words of the official error") {
  using core::socketio::official_text;
  using core::socketio::reason_text;
  CHECK(official_text(PacketErrc::EventNameReserved) == "invalid payload");
  CHECK(reason_text(PacketErrc::EventNameReserved) ==
        "invalid payload: the event name is reserved");
  CHECK(official_text(PacketErrc::IllegalAttachmentCount) == "Illegal attachments");
  CHECK(official_text(PacketErrc::NoData) ==
        "Cannot read properties of undefined (reading 'base64')");
}
