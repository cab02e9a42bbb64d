// Engine.IO 3 and Socket.IO 2: what is different from the revision after it.
#include <doctest/doctest.h>

#include "tests/core/client/script.hpp"
#include "tests/core/client/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace core;
using client::Ask;
using client::CloseReason;
using client::Revision;
using client::Transports;
using test::Script;
using test::World;

constexpr Transports kAll[] = {Transports::Polling, Transports::WebSocket,
                               Transports::PollingThenWebSocket};

server::Options old_server() {
  server::Options options = World::fast_pings();
  options.engine.revisions = server::Revisions::V3Too;
  return options;
}

client::Options old_client(Transports transports) {
  client::Options options = World::client_options(transports);
  options.engine.revision = Revision::V3;
  return options;
}

client::Options old_client() {
  client::Options options;
  options.engine.revision = Revision::V3;
  return options;
}

const std::string kBytes("\0\xff\x04", 3);

}  // namespace

TEST_CASE("revision 3: it connects, talks and stays over every transport, whatever the chunks") {
  for (const Transports transports : kAll) {
    for (const std::size_t chunk : {0, 1, 7}) {
      CAPTURE(chunk);
      World world(old_server());
      world.chunk_bytes = chunk;
      auto& peer = world.add(old_client(transports));
      world.connect(peer);
      world.run(250ms);
      const auto connected = peer.all<client::Connected>();
      REQUIRE(connected.size() == 1);
      CHECK(connected[0].sid == peer.client.engine_sid());  // The socket is named after the engine.
      CHECK(peer.all<client::EngineUpgraded>().size() ==
            (transports == Transports::PollingThenWebSocket ? 1 : 0));

      world.client_does(peer, [&](client::Client& c, client::Output& out) {
        CHECK(c.emit({.name = "ask", .arguments = "\"é😀\"", .ask = Ask::Ack}, world.now, out));
        CHECK(c.emit({.name = "ask",
                      .arguments = R"({"_placeholder":true,"num":0})",
                      .attachments = {kBytes},
                      .ask = Ask::Ack},
                     world.now, out));
      });
      for (int i = 0; i < 20; ++i) {
        world.run(10ms);
        world.serve();
      }
      const auto answers = peer.all<client::Acknowledged>();
      REQUIRE(answers.size() == 2);
      CHECK(answers[0].arguments == "\"é😀\"");
      CHECK(answers[1].attachments == std::vector{kBytes});

      world.run(5s);
      CHECK(peer.all<client::EngineClosed>().empty());
      CHECK(world.server.sessions().size() == 1);
    }
  }
}

TEST_CASE("revision 3: a server that falls silent is left at pingTimeout after a ping") {
  for (const Transports transports : kAll) {
    World world(old_server());
    auto& peer = world.add(old_client(transports));
    world.connect(peer);
    world.run(250ms);
    world.black_hole = true;
    world.run(600ms);
    const auto closed = peer.all<client::EngineClosed>();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].reason == CloseReason::PingTimeout);
    world.black_hole = false;
    world.run(6s);
    CHECK(peer.client.connected("/"));
    CHECK(world.server.sessions().size() == 1);
  }
}

TEST_CASE("revision 3: the client pings every pingInterval, and the server never has to") {
  Script script(old_client());
  script.connect("40");
  script.pass(299ms);
  CHECK(script.heard().empty());
  script.pass(1ms);
  CHECK(script.heard() == std::vector<std::string>{"2"});
  script.say("3");
  script.pass(300ms);
  CHECK(script.heard() == std::vector<std::string>{"2"});
  script.pass(199ms);
  CHECK(script.linked());
  script.pass(1ms);
  CHECK_FALSE(script.linked());
}

TEST_CASE("revision 3: the root is joined unasked, a namespace by name with its query") {
  client::Options options = old_client();
  options.namespaces = {{.ns = "/"}, {.ns = "/chat", .auth = R"({"no":1})", .query = "token=x"}};
  Script script(options);
  script.open();
  CHECK(script.request().starts_with("GET /socket.io/?EIO=3&transport=websocket HTTP/1.1\r\n"));
  CHECK(script.heard() == std::vector<std::string>{"40/chat?token=x,"});
  script.say("40");
  script.say("40/chat,");
  const auto connected = script.all<client::Connected>();
  REQUIRE(connected.size() == 2);
  CHECK(connected[0].sid == "engine");
  CHECK(connected[1].sid == "/chat#engine");
}

TEST_CASE("revision 3: an ERROR refuses a namespace, and later is an event like others") {
  client::Options options = old_client();
  options.namespaces = {{.ns = "/"}, {.ns = "/chat"}};
  Script script(options);
  script.connect("40");
  script.say(R"(44/chat,"Invalid namespace")");
  const auto refused = script.all<client::ConnectError>();
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].data == R"("Invalid namespace")");
  script.say(R"(44"not allowed")");
  CHECK(script.client.connected("/"));
  const auto received = script.all<client::Received>();
  REQUIRE(received.size() == 1);
  CHECK(received[0].name == "error");
  CHECK(received[0].arguments == R"("not allowed")");
}

TEST_CASE("revision 3: binary on a WebSocket is led by its type, in both directions") {
  Script script(old_client());
  script.connect("40");
  CHECK(script.emit(
      {.name = "x", .arguments = R"({"_placeholder":true,"num":0})", .attachments = {kBytes}}));
  const auto heard = script.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[1] == '\x04' + kBytes);
  script.say(R"(451-["y",{"_placeholder":true,"num":0}])");
  script.say_bytes('\x04' + kBytes);
  REQUIRE(script.all<client::Received>().size() == 1);
  CHECK(script.all<client::Received>()[0].attachments == std::vector{kBytes});
}

TEST_CASE("revision 3: names that its parser does not reserve arrive") {
  Script script(old_client());
  script.connect("40");
  script.say(R"(42["disconnecting"])");
  CHECK(script.all<client::Received>().size() == 1);
  script.say("42[null]");
  REQUIRE(script.all<client::EngineClosed>().size() == 1);
  CHECK(script.all<client::EngineClosed>()[0].reason == CloseReason::ParseError);
}
