// What a correct client must do, one case a point, each named after the client that does not.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "tests/core/client/script.hpp"
#include "tests/core/client/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace core;
using client::Ask;
using client::CloseReason;
using client::LinkId;
using client::Transports;
using test::Script;
using test::World;

constexpr Transports kAll[] = {Transports::Polling, Transports::WebSocket,
                               Transports::PollingThenWebSocket};

void poison(World& world) {
  world.server_does([&](server::Server& s, server::Output& out) {
    s.broadcast_raw("/", "2[null,null]", world.now, out);
  });
}

client::Emission ask(std::string arguments = {}) {
  return {.name = "ask", .arguments = std::move(arguments), .ask = Ask::Ack};
}

/// A polling client by hand: its requests, by the link they are on, answered by a test.
class Requests {
 public:
  explicit Requests(client::Options options) : client(std::move(options), 9) {}

  template <class Step>
  void act(Step step) {
    client::Output out;
    step(client, out);
    carry_out(out);
  }
  [[nodiscard]] std::size_t count(std::string_view method) const {
    std::size_t found = 0;
    for (const auto& [link, bytes] : in_flight) found += bytes.starts_with(method) ? 1 : 0;
    return found;
  }
  /// Answers the oldest request of that method; returns its body.
  std::string answer(std::string_view method, std::string_view body) {
    for (const auto& [link, request] : in_flight) {
      if (!request.starts_with(method)) continue;
      const std::string sent = request.substr(request.find("\r\n\r\n") + 4);
      const LinkId answered = link;
      act([&](auto& it, auto& out) {
        it.receive(answered,
                   "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + std::string(body),
                   now, out);
      });
      return sent;
    }
    FAIL("nothing to answer");
    return {};
  }

  /// The oldest request of that method breaks off.
  void cut(std::string_view method) {
    for (const auto& [link, request] : in_flight) {
      if (!request.starts_with(method)) continue;
      const LinkId gone = link;
      in_flight.erase(gone);
      return act([&](auto& it, auto& out) { it.closed(gone, now, out); });
    }
    FAIL("nothing to cut");
  }

  Instant now{Duration(1s)};
  client::Client client;
  std::map<LinkId, std::string> in_flight;

 private:
  void carry_out(const client::Output& out) {
    for (const auto& action : out.actions) {
      if (const auto* open = std::get_if<client::OpenLink>(&action)) {
        client::Output more;
        client.opened(open->link, now, more);
        carry_out(more);
      } else if (const auto* bytes = std::get_if<client::SendBytes>(&action)) {
        in_flight[bytes->link] = bytes->bytes;
      } else {
        in_flight.erase(std::get<client::CloseLink>(action).link);
      }
    }
  }
};

}  // namespace

TEST_CASE(
    "law 1: never two live engines (socket.io-client 4.7.5 leaves one open after a parse error)") {
  Script script;
  script.connect();
  for (const char* bad : {"42[null,null]", "4", "451-[\"x\"]", "49", "7"}) {
    script.say(bad);
    if (bad[1] == '5') script.say("42[\"text where an attachment belongs\"]");
    CHECK_FALSE(script.linked());  // At once, before the next attempt is even due.
    script.pass(1s);
    script.connect();
  }
  CHECK(script.most_links() == 1);
  CHECK(script.all<client::EngineOpened>().size() == 6);
}

TEST_CASE(
    "law 2: a superseded link is not heard (Java's client keeps a ghost after a connect "
    "time-out)") {
  client::Client client({.engine = {.target = {.host = "test"},
                                    .transports = Transports::WebSocket,
                                    .connect_timeout = 1s}},
                        1);
  Instant now{Duration(1s)};
  client::Output out;
  client.connect(now, out);
  REQUIRE(out.actions.size() == 1);
  const LinkId ghost = std::get<client::OpenLink>(out.actions[0]).link;
  out = {};
  now += 1s;
  client.advance(now, out);  // Given up before it was connected.
  REQUIRE(out.actions.size() == 1);
  CHECK(std::get<client::CloseLink>(out.actions[0]).link == ghost);
  now = *client.deadline();
  out = {};
  client.advance(now, out);
  REQUIRE(out.actions.size() == 1);
  CHECK(std::get<client::OpenLink>(out.actions[0]).link != ghost);
  out = {};
  client.opened(ghost, now, out);  // It comes about after all.
  client.receive(ghost, "HTTP/1.1 101 Switching Protocols\r\n\r\n", now, out);
  client.closed(ghost, now, out);
  CHECK(out.actions.empty());
  CHECK(out.happenings.empty());
}

TEST_CASE("law 2: a link that was ended is not heard either, whatever is still read from it") {
  client::Client client(
      {.engine = {.target = {.host = "test"}, .transports = Transports::WebSocket}}, 1);
  const Instant now{Duration(1s)};
  client::Output out;
  client.connect(now, out);
  const LinkId link = std::get<client::OpenLink>(out.actions[0]).link;
  client.opened(link, now, out);
  out = {};
  client.receive(link, "no HTTP", now, out);
  REQUIRE(out.actions.size() == 1);
  CHECK(std::holds_alternative<client::CloseLink>(out.actions[0]));
  out = {};
  client.receive(link, "\x88\x7f\xff and a frame that would be answered", now, out);
  client.closed(link, now, out);
  CHECK(out.actions.empty());
  CHECK(out.happenings.empty());
}

TEST_CASE(
    "law 3: only a ping is a sign of the heartbeat (engine.io-client before 6.6 takes any "
    "packet)") {
  Script script;
  script.connect();
  for (int i = 0; i < 10; ++i) {
    script.pass(50ms);
    if (i < 9) script.say("42[\"noise\"]");
  }
  CHECK_FALSE(script.linked());
  REQUIRE(script.all<client::EngineClosed>().size() == 1);
  CHECK(script.all<client::EngineClosed>()[0].reason == CloseReason::PingTimeout);

  script.pass(1s);
  script.connect();
  for (int i = 0; i < 10; ++i) {
    script.pass(400ms);
    script.say("2");  // Answered at once; never sent by the client itself.
  }
  CHECK(script.linked());
  for (const std::string& said : script.heard()) CHECK(said != "2");
}

TEST_CASE(
    "law 4: a probe ends with its session (socket.io-client 4.7.5 upgrades what it gave up)") {
  std::size_t in_the_middle = 0;
  for (int ms = 4; ms < 140; ++ms) {
    World world;
    client::Options options = World::client_options(Transports::PollingThenWebSocket);
    options.back_off.min = 500ms;
    auto& peer = world.add(options);
    world.connect(peer);
    world.run(std::chrono::milliseconds(ms));
    if (!peer.client.connected("/")) continue;
    if (peer.all<client::EngineUpgraded>().empty()) ++in_the_middle;
    poison(world);
    world.run(60ms);
    CHECK(peer.all<client::EngineClosed>().size() == 1);
    CHECK(world.server.sessions().empty());
    CHECK(world.link_count() == 0);
  }
  CHECK(in_the_middle > 20);
}

TEST_CASE(
    "law 5: one GET and one POST at a time, within maxPayload (retrying proxies and SDKs "
    "overlap)") {
  Requests http({.engine = {.target = {.host = "test"}, .transports = Transports::Polling}});
  http.act([&](auto& it, auto& out) { it.connect(http.now, out); });
  http.answer("GET",
              R"(0{"sid":"s","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":60})");
  CHECK(http.answer("POST", "ok") == "40");
  http.answer("GET", R"(40{"sid":"x"})");
  for (int i = 0; i < 20; ++i) {
    http.act([&](auto& it, auto& out) {
      CHECK(it.emit({.name = "event", .arguments = std::to_string(i)}, http.now, out));
    });
    CHECK(http.count("GET") == 1);
    CHECK(http.count("POST") == 1);
  }
  std::string all;
  for (int posts = 0; http.count("POST") != 0; ++posts) {
    const std::string body = http.answer("POST", "ok");
    CHECK(body.size() <= 60);
    all += all.empty() ? body : '\x1e' + body;
    CHECK(http.count("GET") == 1);
    CHECK(http.count("POST") <= 1);
    CHECK(posts < 10);
  }
  std::string expected;
  for (int i = 0; i < 20; ++i)
    expected += (i == 0 ? "" : "\x1e") + ("42[\"event\"," + std::to_string(i)) + ']';
  CHECK(all == expected);
}

TEST_CASE("law 5: behind a post that broke off goes nothing but the goodbye") {
  Requests http({.engine = {.target = {.host = "test"}, .transports = Transports::Polling}});
  http.act([&](auto& it, auto& out) { it.connect(http.now, out); });
  http.answer("GET", R"(0{"sid":"s","upgrades":[],"pingInterval":300,"pingTimeout":200})");
  http.answer("POST", "ok");
  http.answer("GET", R"(40{"sid":"x"})");
  for (const char* name : {"first", "second"})
    http.act([&](auto& it, auto& out) { CHECK(it.emit({.name = name}, http.now, out)); });
  http.answer("GET", "42[null]");
  http.cut("GET");
  http.cut("POST");
  CHECK(http.answer("POST", "ok") == "1");
  CHECK(http.in_flight.empty());
}

TEST_CASE(
    "law 6: no event before CONNECT is answered, no session without a namespace "
    "(socket.io-client keeps the engine of those that were refused)") {
  client::Options options;
  options.namespaces = {{.ns = "/", .auth = R"({"token":"x"})"}, {.ns = "/chat"}};
  Script script(options);
  script.open();
  CHECK(script.heard() == std::vector<std::string>{R"(40{"token":"x"})", "40/chat,"});
  CHECK_FALSE(script.emit(ask()).has_value());
  CHECK(script.heard().empty());
  script.say(R"(40/chat,{"sid":"c"})");
  script.say(R"(44{"message":"no"})");
  CHECK(script.linked());
  script.say("41/chat,");
  CHECK_FALSE(script.linked());
  script.pass(10s);
  CHECK(script.all<client::EngineOpened>().size() == 1);
}

TEST_CASE(
    "law 7: nobody waits for attachments of a session that is over (python-socketio does), nor "
    "for none (socket.io-parser 4.2.5 does)") {
  Script script;
  script.connect();
  script.say(R"(452-["half",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
  script.say_bytes("one");
  script.cut();
  script.pass(1s);
  script.connect();
  script.say(R"(42["whole"])");
  REQUIRE(script.all<client::Received>().size() == 1);
  CHECK(script.all<client::Received>()[0].name == "whole");
  script.say(R"(450-["none"])");
  CHECK_FALSE(script.linked());
  for (const char* bad : {"4511-[\"x\"]", "42[\"connect\"]", "42[true]", "42{}", "42[]", "47"}) {
    CAPTURE(bad);
    script.pass(2s);
    script.connect();
    script.say(bad);
    CHECK_FALSE(script.linked());
  }
  script.pass(2s);
  script.connect();
  script.say_bytes("unannounced");
  CHECK_FALSE(script.linked());
}

TEST_CASE(
    "law 8: ack ids go on over lives and lost acks fail once (the C++ client keeps them for "
    "ever)") {
  Script script;
  script.connect();
  CHECK(script.emit(ask())->ack_id == 0);
  CHECK(script.emit(ask())->ack_id == 1);
  script.say("431[]");
  script.cut();
  REQUIRE(script.all<client::AckFailed>().size() == 1);
  CHECK(script.all<client::AckFailed>()[0].id == 0);
  script.pass(1s);
  script.connect();
  CHECK(script.emit(ask())->ack_id == 2);
  script.say(R"(430["late"])");
  CHECK(script.all<client::Acknowledged>().size() == 1);
  script.say(R"(432["mine"])");
  REQUIRE(script.all<client::Acknowledged>().size() == 2);
  CHECK(script.all<client::Acknowledged>()[1].id == 2);
}

TEST_CASE("law 9: an emission is sent at most once, and told (Java's client buffers unasked)") {
  for (const auto policy :
       {client::OfflinePolicy::Error, client::OfflinePolicy::Drop, client::OfflinePolicy::Buffer}) {
    client::Options options;
    options.offline.policy = policy;
    Script script(options);
    script.connect();
    script.cut();
    const auto receipt = script.emit(ask("1"));
    CHECK(receipt.has_value() == (policy != client::OfflinePolicy::Error));
    script.pass(1s);
    script.connect();
    script.cut();
    script.pass(1s);
    script.connect();
    std::size_t sent = 0;
    for (const std::string& said : script.heard()) sent += said.starts_with("42") ? 1 : 0;
    CHECK(sent == (policy == client::OfflinePolicy::Buffer ? 1 : 0));
    CHECK(script.all<client::EmissionSent>().size() == sent);
  }
}

TEST_CASE(
    "law 10: delays are spread at the cap too (socket.io-client has none left, the C++ client "
    "never any), and a greeting that breaks each session is not asked for ever faster") {
  std::set<Duration> delays;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random(seed);
    client::BackOff back_off({});
    for (int i = 0; i < 8; ++i) static_cast<void>(back_off.next(random));
    delays.insert(back_off.next(random));
  }
  CHECK(delays.size() == 50);
  CHECK(*delays.begin() < 3500ms);
  CHECK(*delays.rbegin() > 6500ms);

  Script script;
  script.connect();
  for (int life = 0; life < 6; ++life) {
    script.say("42[null]");
    script.pass(*script.client.deadline() - script.now);
    script.connect();
  }
  script.say("42[null]");
  CHECK(*script.client.deadline() - script.now >= 250ms);  // At the cap of 500 ms, less the jitter.
  script.act([&](auto& it, auto& out) { it.disconnect(script.now, out); });
  CHECK_FALSE(script.client.deadline());  // It can be called off.
}

TEST_CASE("law 11: recovery needs an offset, and takes it as late as it can (socket.io#4888)") {
  Script script;
  script.connect(R"(40{"sid":"a","pid":"p"})");
  script.say(R"(42["news",1,"offset-1"])");
  script.say("42[null]");
  script.pass(1s);
  script.heard();
  script.open();
  CHECK(script.heard() == std::vector<std::string>{R"(40{"pid":"p","offset":"offset-1"})"});
  script.say(R"(42["news",2,"offset-2"])");
  script.say(R"(40{"sid":"a","pid":"p"})");
  REQUIRE(script.all<client::Connected>().size() == 2);
  CHECK(script.all<client::Connected>()[1].recovered);
  CHECK(script.all<client::Received>().size() == 2);
}

TEST_CASE(
    "law 12: what is sent again is an intent, never the bytes of another life (as a replay of a "
    "recording would)") {
  Script script;
  const client::Emission intent = ask("1");
  std::set<std::string> keys, events;
  for (int life = 0; life < 3; ++life) {
    script.open(R"(0{"sid":"engine-)" + std::to_string(life) +
                R"(","upgrades":[],"pingInterval":300,"pingTimeout":200})");
    CHECK(script.request().find("sid=") == std::string::npos);
    const auto key = script.request().find("Sec-WebSocket-Key: ");
    keys.insert(script.request().substr(key, 45));
    script.say(R"(40{"sid":"socket"})");
    script.heard();
    CHECK(script.emit(intent));
    for (const std::string& said : script.heard()) events.insert(said);
    script.cut();
    script.pass(1s);
  }
  CHECK(keys.size() == 3);
  CHECK(events == std::set<std::string>{R"(420["ask",1])", R"(421["ask",1])", R"(422["ask",1])"});
}
