#include "core/client/client.hpp"

#include <doctest/doctest.h>

#include "tests/core/client/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace core;
using client::Ask;
using client::CloseReason;
using client::Transports;
using test::World;

constexpr Transports kAll[] = {Transports::Polling, Transports::WebSocket,
                               Transports::PollingThenWebSocket};

client::Emission ask(std::string arguments = {}) {
  return {.name = "ask", .arguments = std::move(arguments), .ask = Ask::Ack};
}

void poison(World& world) {
  world.server_does([&](server::Server& s, server::Output& out) {
    s.broadcast_raw("/", "2[null,null]", world.now, out);
  });
}

}  // namespace

TEST_CASE("client: it connects over every transport, whatever the chunks") {
  for (const Transports transports : kAll) {
    for (const std::size_t chunk : {0, 1, 7}) {
      World world;
      world.chunk_bytes = chunk;
      auto& peer = world.add(transports);
      world.connect(peer);
      world.run(250ms);
      const auto connected = peer.all<client::Connected>();
      REQUIRE(connected.size() == 1);
      CHECK(connected[0].ns == "/");
      REQUIRE(world.server.sessions().size() == 1);
      const auto session = world.server.sessions()[0];
      CHECK(session.sockets.at("/") == connected[0].sid);
      CHECK(session.engine_sid == peer.client.engine_sid());
      CHECK(session.transport == (transports == Transports::Polling ? "polling" : "websocket"));
      CHECK(peer.all<client::EngineUpgraded>().size() ==
            (transports == Transports::PollingThenWebSocket ? 1 : 0));
    }
  }
}

TEST_CASE("client: events, attachments and acks go both ways over every transport") {
  for (const Transports transports : kAll) {
    World world;
    auto& peer = world.add(transports);
    world.connect(peer);
    world.run(50ms);  // With the upgrade: in the middle of it.
    world.client_does(peer, [&](client::Client& c, client::Output& out) {
      CHECK(c.emit({.name = "echo", .arguments = "1,{\"a\":[\"\\ud800\"]}"}, world.now, out));
      CHECK(c.emit({.name = "echo",
                    .arguments = R"({"_placeholder":true,"num":0})",
                    .attachments = {std::string("\0\xff", 2)}},
                   world.now, out));
      const auto first = c.emit(ask("2"), world.now, out);
      const auto second = c.emit(ask("3"), world.now, out);
      REQUIRE((first && second));
      CHECK(first->ack_id == 0);
      CHECK(second->ack_id == 1);
    });
    for (int i = 0; i < 40; ++i) {
      world.run(10ms);
      world.serve();
    }
    const auto received = peer.all<client::Received>();
    REQUIRE(received.size() == 2);
    CHECK(received[0].arguments == "1,{\"a\":[\"\\ud800\"]}");
    CHECK(received[1].attachments == std::vector<std::string>{std::string("\0\xff", 2)});
    const auto answers = peer.all<client::Acknowledged>();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].id == 0);
    CHECK(answers[0].arguments == "2");
    CHECK(answers[1].arguments == "3");
  }
}

TEST_CASE("client: heartbeats keep a quiet session alive on every transport") {
  for (const Transports transports : kAll) {
    World world;
    auto& peer = world.add(transports);
    world.connect(peer);
    world.run(10s);
    CHECK(peer.all<client::EngineOpened>().size() == 1);
    CHECK(peer.all<client::EngineClosed>().empty());
    CHECK(world.server.sessions().size() == 1);
  }
}

TEST_CASE("client: a packet that does not parse closes the session before a new one opens") {
  for (const Transports transports : kAll) {
    for (const Duration when : {Duration(5ms), Duration(20ms), Duration(105ms), Duration(400ms)}) {
      World world;
      auto& peer = world.add(transports);
      world.connect(peer);
      world.run(when);
      std::size_t most = 0;
      const auto watch = [&] { most = std::max(most, world.server.sessions().size()); };
      for (int i = 0; i < 3; ++i) {
        poison(world);
        world.run(1500ms, watch);
      }
      CHECK(most == 1);  // Never two: the server had forgotten the old one by then.
      CHECK(peer.client.connected("/"));
      const auto closed = peer.all<client::EngineClosed>();
      CHECK(closed.size() >=
            2);  // The first poison of the 5 ms case comes before any namespace is connected.
      for (const auto& it : closed) CHECK(it.reason == CloseReason::ParseError);
      CHECK(peer.all<client::EngineOpened>().size() == closed.size() + 1);
    }
  }
}

TEST_CASE("client: the goodbye is sent before the reconnect is even scheduled") {
  World world;
  auto& peer = world.add(Transports::WebSocket);
  world.connect(peer);
  world.run(50ms);
  poison(world);
  world.run(2ms);
  REQUIRE(!world.sent.empty());
  CHECK((static_cast<unsigned char>(world.sent.back()[0]) == 0x88));  // A Close frame,
  CHECK((static_cast<unsigned char>(world.sent.back()[1]) == 0x80));  // masked, without a code.
  CHECK(world.server.sessions().size() <= 1);
}

TEST_CASE("client: on polling the goodbye is packet 1, and the reconnect waits for its answer") {
  World world;
  auto& peer = world.add(Transports::Polling);
  world.connect(peer);
  world.run(50ms);
  poison(world);
  world.run(10ms);
  bool said = false;
  for (const std::string& bytes : world.sent)
    said = said || (bytes.starts_with("POST ") && bytes.ends_with("\r\n\r\n1"));
  CHECK(said);
  CHECK(world.server.sessions().empty());
}

TEST_CASE("client: a server that falls silent is left at pingInterval + pingTimeout") {
  for (const Transports transports : kAll) {
    World world;
    auto& peer = world.add(transports);
    world.connect(peer);
    world.run(250ms);
    world.black_hole = true;
    const Instant from = world.now;
    world.run(600ms);
    const auto closed = peer.all<client::EngineClosed>();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].reason == CloseReason::PingTimeout);
    CHECK(peer.client.deadline() > from);
    world.black_hole = false;
    world.run(6s);
    CHECK(peer.client.connected("/"));
    CHECK(world.server.sessions().size() == 1);
  }
}

TEST_CASE("client: it comes back when its links break, and unanswered acks fail once") {
  for (const Transports transports : kAll) {
    World world;
    auto& peer = world.add(transports);
    world.connect(peer);
    world.run(250ms);
    world.client_does(peer, [&](client::Client& c, client::Output& out) {
      CHECK(c.emit(ask(), world.now, out));
    });
    world.run(20ms);
    world.break_links(peer);
    CHECK(peer.all<client::AckFailed>().size() == 1);
    world.run(1s);
    CHECK(peer.client.connected("/"));
    CHECK(peer.all<client::EngineOpened>().size() == 2);
    world.client_does(peer, [&](client::Client& c, client::Output& out) {
      const auto asked = c.emit(ask(), world.now, out);
      REQUIRE(asked);
      CHECK(asked->ack_id == 1);  // Ids continue over lives.
    });
  }
}

TEST_CASE("client: several namespaces share one engine, an unknown one is refused alone") {
  World world;
  auto options = World::client_options(Transports::WebSocket);
  options.namespaces = {{"/", R"({"token":"x"})"}, {"/chat", ""}, {"/nowhere", ""}};
  auto& peer = world.add(options);
  world.connect(peer);
  world.run(50ms);
  CHECK(peer.client.connected("/"));
  CHECK(peer.client.connected("/chat"));
  const auto refused = peer.all<client::ConnectError>();
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].ns == "/nowhere");
  CHECK(refused[0].data == R"({"message":"Invalid namespace"})");
  CHECK(world.server.sessions().size() == 1);
  world.server_does([&](server::Server& s, server::Output& out) {
    s.broadcast("/chat", "news", "1", world.now, out);
  });
  world.run(50ms);
  const auto received = peer.all<client::Received>();
  REQUIRE(received.size() == 1);
  CHECK(received[0].ns == "/chat");
}

TEST_CASE("client: disconnect ends the session on the server, and nothing comes back") {
  for (const Transports transports : kAll) {
    World world;
    auto& peer = world.add(transports);
    world.connect(peer);
    world.run(250ms);
    world.client_does(
        peer, [&](client::Client& c, client::Output& out) { c.disconnect(world.now, out); });
    world.run(5s);
    CHECK(world.server.sessions().empty());
    CHECK(peer.all<client::EngineOpened>().size() == 1);
    CHECK(peer.all<client::ReconnectScheduled>().empty());
    world.connect(peer);
    world.run(250ms);
    CHECK(peer.client.connected("/"));
  }
}

TEST_CASE("client: emit while offline says so and keeps nothing") {
  World world;
  auto& peer = world.add(Transports::WebSocket);
  world.client_does(peer, [&](client::Client& c, client::Output& out) {
    const auto emitted = c.emit(ask(), world.now, out);
    REQUIRE_FALSE(emitted.has_value());
    CHECK(emitted.error() == client::EmitErrc::NotConnected);
  });
  world.connect(peer);
  world.run(250ms);
  for (const auto& happening : world.server_happened)
    CHECK_FALSE(std::holds_alternative<server::Received>(happening));
}

TEST_CASE("client: a server that ends the last namespace ends the session, for good") {
  World world;
  auto& peer = world.add(Transports::WebSocket);
  world.connect(peer);
  world.run(50ms);
  world.server_does([&](server::Server& s, server::Output& out) {
    s.disconnect({s.sessions()[0].session, "/"}, world.now, out);
  });
  world.run(3s);
  CHECK(world.server.sessions().empty());
  CHECK(peer.all<client::ReconnectScheduled>().empty());
}

TEST_CASE("client: under random faults it never has two engines, and every ack ends exactly once") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    World world;
    world.chunk_bytes = seed % 3 == 0 ? 5 : 0;
    auto& peer = world.add(kAll[seed % 3]);
    world.connect(peer);
    std::size_t asked = 0;
    for (int step = 0; step < 60; ++step) {
      world.run(std::chrono::milliseconds(random() % 120));
      world.serve();
      switch (random() % 8) {
        case 0:
          poison(world);
          break;
        case 1:
          world.break_links(peer);
          break;
        case 2:
          world.black_hole = random() % 2 == 0;
          break;
        default:
          world.client_does(peer, [&](client::Client& c, client::Output& out) {
            if (c.emit(ask(std::to_string(asked)), world.now, out)) ++asked;
          });
      }
    }
    world.black_hole = false;
    world.client_does(
        peer, [&](client::Client& c, client::Output& out) { c.disconnect(world.now, out); });
    world.run(5s);

    bool live = false;
    std::map<std::uint64_t, int> ends;
    for (const auto& happening : peer.happened) {
      if (std::holds_alternative<client::EngineOpened>(happening)) {
        CHECK_FALSE(live);
        live = true;
      }
      if (std::holds_alternative<client::EngineClosed>(happening)) live = false;
      if (const auto* it = std::get_if<client::Acknowledged>(&happening)) {
        ++ends[it->id];
        CHECK(it->arguments == std::to_string(it->id));
      }
      if (const auto* it = std::get_if<client::AckFailed>(&happening)) ++ends[it->id];
    }
    CHECK_FALSE(live);
    CHECK(ends.size() == asked);
    for (const auto& [id, count] : ends) CHECK(count == 1);
    CHECK(world.server.sessions().empty());
  }
}

TEST_CASE("back-off: delays double, and are jittered also at the cap") {
  client::BackOff back_off({1000ms, 5000ms, 0.5});
  std::mt19937_64 random(5);
  std::vector<Duration> delays;
  for (int i = 0; i < 40; ++i) delays.push_back(back_off.next(random));
  CHECK(delays[0] >= 500ms);
  CHECK(delays[0] <= 1500ms);
  Duration least = delays[10], most = delays[10];
  for (std::size_t i = 5; i < delays.size(); ++i) {
    least = std::min(least, delays[i]);
    most = std::max(most, delays[i]);
  }
  CHECK(least >= 2500ms);
  CHECK(most <= 7500ms);
  CHECK(most - least > 2s);
  back_off.reset();
  CHECK(back_off.next(random) <= 1500ms);
}
