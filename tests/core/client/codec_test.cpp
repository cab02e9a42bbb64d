#include "core/client/codec.hpp"

#include <doctest/doctest.h>

#include "tests/core/client/script.hpp"
#include "tests/core/client/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace core;
using client::Format;
using client::Message;
using client::Packet;
using client::PacketReader;
using client::Parser;
using client::Revision;
using socketio::PacketType;
using Limits = client::Limits;

/// A packet through msgpack and back.
Packet there_and_back(const Packet& packet) {
  PacketReader reader({Parser::Msgpack});
  const auto messages = client::encode(packet, Parser::Msgpack);
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].binary);
  const auto read = reader.receive(messages[0]);
  REQUIRE(read);
  REQUIRE(*read);
  return **read;
}

std::string data_there_and_back(std::string data) {
  return there_and_back({.type = PacketType::Ack, .id = 1, .data = std::move(data)}).data;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 0xfU];
  }
  return text;
}

}  // namespace

TEST_CASE("codec: msgpack is the map that the official parser writes") {
  // notepack.encode({type: 2, nsp: "/", data: ["a", 1], id: 7}), its members in our order.
  CHECK(
      hex(client::encode({PacketType::Event, "/", 7, R"(["a",1])", {}}, Parser::Msgpack)[0].data) ==
      "84"
      "a474797065"
      "02"
      "a36e7370"
      "a12f"
      "a464617461"
      "92"
      "a161"
      "01"
      "a26964"
      "07");
  // A CONNECT without auth has no data: null would be refused.
  CHECK(hex(client::encode({PacketType::Connect, "/", {}, {}, {}}, Parser::Msgpack)[0].data) ==
        "82"
        "a474797065"
        "00"
        "a36e7370"
        "a12f");
}

TEST_CASE("codec: msgpack keeps every JSON value") {
  const std::string shallow = '[' + std::string(20, '[') + std::string(20, ']') + ']';
  std::string many = "[0";
  for (int i = 1; i < 70'000; ++i) many += ',' + std::to_string(i);
  many += ']';
  for (const std::string& data :
       {std::string(R"([null,true,false,"","é😀",{"a":{"b":[]}},{}])"),
        std::string("[0,1,127,128,255,256,65535,65536,4294967295,4294967296,9007199254740991]"),
        std::string("[-1,-32,-33,-128,-129,-32768,-32769,-2147483648,-2147483649]"),
        std::string("[0.5,-1.25,1e+300,123456789012345680000]"), shallow, many,
        "[\"" + std::string(31, 'x') + "\",\"" + std::string(32, 'x') + "\",\"" +
            std::string(300, 'x') + "\",\"" + std::string(70'000, 'x') + "\"]"})
    CHECK(data_there_and_back(data) == data);
  CHECK(data_there_and_back("[ 1.0 , \"\\u0041\" ]") == R"([1,"A"])");
  CHECK(data_there_and_back("[1e999]") == "[null]");  // As JSON.stringify(Infinity).
}

TEST_CASE("codec: msgpack carries attachments in their places") {
  const std::string long_bytes(70'000, '\xff');
  const Packet back = there_and_back(
      {PacketType::Event,
       "/x",
       {},
       R"(["e",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0},{"_placeholder":true,"num":7}])",
       {"a", long_bytes}});
  CHECK(back.ns == "/x");
  CHECK(back.attachments == std::vector<std::string>{long_bytes, "a"});
  CHECK(
      back.data ==
      R"(["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},{"_placeholder":true,"num":7}])");
}

TEST_CASE("codec: msgpack refuses what is no packet, and all text") {
  PacketReader reader({Parser::Msgpack});
  CHECK_FALSE(reader.receive({true, ""}));
  CHECK_FALSE(reader.receive({true, "\x01"}));
  CHECK_FALSE(reader.receive({true, "\x82\xa4type\x09\xa3nsp\xa1/"}));
  CHECK_FALSE(reader.receive({false, "2[\"x\"]"}));
  CHECK(reader.receive({true, "\x82\xa4type" + std::string(1, '\0') + "\xa3nsp\xa1/"}));
}

TEST_CASE("codec: attachments have a limit, and zero of them is refused or taken, as is wished") {
  const auto reads = [](Limits limits, std::string_view text) {
    return PacketReader({.limits = limits}).receive({false, std::string(text)}).has_value();
  };
  CHECK(reads({}, R"(510-["x"])"));
  CHECK_FALSE(reads({}, R"(511-["x"])"));
  CHECK(reads({.attachments_max = 11}, R"(511-["x"])"));
  CHECK_FALSE(reads({}, R"(50-["x"])"));

  PacketReader lenient({.limits = {.empty_binary = Limits::EmptyBinary::Accept}});
  const auto empty = lenient.receive({false, R"(50-["x"])"});
  REQUIRE((empty && *empty));
  CHECK((*empty)->data == R"(["x"])");
  CHECK(lenient.receive({false, R"(2["next"])"}));  // And nothing is waited for.
  for (const char* odd : {R"(51.5-["x"])", R"(5Infinity-["x"])", R"(511-["x"])"})
    CHECK_FALSE(PacketReader({.limits = {.empty_binary = Limits::EmptyBinary::Accept}})
                    .receive({false, odd}));
}

TEST_CASE("codec: an event without any data is refused, an ack without is empty") {
  for (const char* text : {"2", "2/chat,", "27", "51-", "51-/chat,3"})
    CHECK_FALSE(PacketReader().receive({false, text}));
  const auto ack = PacketReader().receive({false, "37"});
  REQUIRE((ack && *ack));
  CHECK((*ack)->data.empty());
}

TEST_CASE("client: messages and payloads past their limit end the session") {
  test::Script script(client::Options{.engine = {.limits = {.message_bytes_max = 100}}});
  script.connect();
  script.say("42[\"x\",\"" + std::string(200, 'y') + "\"]");
  CHECK_FALSE(script.linked());

  test::World world;
  auto options = test::World::client_options(client::Transports::Polling);
  options.engine.limits.payload_bytes_max = 300;
  auto& peer = world.add(options);
  world.connect(peer);
  world.run(100ms);
  world.server_does([&](server::Server& s, server::Output& out) {
    s.broadcast("/", "x", '"' + std::string(400, 'y') + '"', world.now, out);
  });
  world.run(20ms);
  REQUIRE(peer.all<client::EngineClosed>().size() == 1);
  CHECK(peer.all<client::EngineClosed>()[0].reason == client::CloseReason::TransportError);
}

TEST_CASE("client: with msgpack it talks over every transport and in both revisions") {
  for (const auto revision : {Revision::V4, Revision::V3}) {
    for (const auto transports : {client::Transports::Polling, client::Transports::WebSocket,
                                  client::Transports::PollingThenWebSocket}) {
      server::Options served = test::World::fast_pings();
      served.parser = Parser::Msgpack;
      served.engine.revisions = server::Revisions::V3Too;
      test::World world(served);
      auto options = test::World::client_options(transports);
      options.parser = Parser::Msgpack;
      options.engine.revision = revision;
      options.namespaces = {{"/"}, {"/chat"}};
      auto& peer = world.add(options);
      world.connect(peer);
      world.run(250ms);
      CHECK(peer.client.connected("/chat"));
      world.client_does(peer, [&](client::Client& c, client::Output& out) {
        CHECK(c.emit({.ns = "/chat",
                      .name = "ask",
                      .arguments = R"(1,{"_placeholder":true,"num":0})",
                      .attachments = {"\xff"},
                      .ask = client::Ask::Ack},
                     world.now, out));
      });
      for (int i = 0; i < 20; ++i) {
        world.run(10ms);
        world.serve();
      }
      const auto answers = peer.all<client::Acknowledged>();
      REQUIRE(answers.size() == 1);
      CHECK(answers[0].arguments == R"(1,{"_placeholder":true,"num":0})");
      CHECK(answers[0].attachments == std::vector<std::string>{"\xff"});
    }
  }
}
