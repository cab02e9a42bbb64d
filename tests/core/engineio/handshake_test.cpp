#include "core/engineio/handshake.hpp"

#include <doctest/doctest.h>

namespace {

using core::engineio::HandshakeErrc;
using core::engineio::parse_handshake;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("parse_handshake: reads every member of Engine.IO 4's handshake") {
  const auto handshake = parse_handshake(
      R"({"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
  REQUIRE(handshake.has_value());
  CHECK(handshake->sid == "lv_VI97HAXpY6yYWAAAC");
  CHECK(handshake->upgrades == R"(["websocket"])");
  CHECK(handshake->offers_websocket);
  CHECK(handshake->ping_interval == 25000ms);
  CHECK(handshake->ping_timeout == 20000ms);
  CHECK(handshake->max_payload_bytes == 1000000);
}

TEST_CASE("parse_handshake: what is missing or odd is left out, not refused") {
  const auto handshake = parse_handshake(
      R"({"pingTimeout":"5","sid":"a","upgrades":[],"pingInterval":-1,"x":{"sid":"b"}})");
  REQUIRE(handshake.has_value());
  CHECK(handshake->sid == "a");
  CHECK_FALSE(handshake->offers_websocket);
  CHECK_FALSE(handshake->ping_interval.has_value());
  CHECK_FALSE(handshake->ping_timeout.has_value());
  CHECK_FALSE(handshake->max_payload_bytes.has_value());
}

TEST_CASE("parse_handshake: says what is wrong") {
  CHECK(parse_handshake("notjson").error().code == HandshakeErrc::NotJson);
  CHECK(parse_handshake("notjson").error().offset_bytes == 1);
  CHECK(parse_handshake("").error().code == HandshakeErrc::NotJson);
  CHECK(parse_handshake("null").error().code == HandshakeErrc::NotObject);
  CHECK(parse_handshake("{}").error().code == HandshakeErrc::NoSid);
  CHECK(parse_handshake(R"({"sid":""})").error().code == HandshakeErrc::NoSid);
  CHECK(parse_handshake(R"({"sid":1})").error().code == HandshakeErrc::NoSid);
}
