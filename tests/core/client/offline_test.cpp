// Emissions while there is no connection, and acks that do not come.
#include <doctest/doctest.h>

#include "tests/core/client/script.hpp"

namespace {

using namespace std::chrono_literals;
using namespace core;
using client::AckFailed;
using client::AckFailure;
using client::Acknowledged;
using client::Ask;
using client::EmissionDropped;
using client::EmissionSent;
using client::EmitErrc;
using client::Fate;
using client::OfflinePolicy;
using test::Script;

Script offline(OfflinePolicy policy, std::size_t most = 1'000) {
  client::Options options;
  options.offline = {policy, most};
  return Script(options);
}

client::Emission ask(std::string arguments, std::optional<Duration> timeout = {}) {
  return {
      .name = "ask", .arguments = std::move(arguments), .ask = Ask::Ack, .ack_timeout = timeout};
}

}  // namespace

TEST_CASE("offline: `error` says so and keeps nothing") {
  Script script = offline(OfflinePolicy::Error);
  const auto emitted = script.emit(ask("1"));
  REQUIRE_FALSE(emitted.has_value());
  CHECK(emitted.error() == EmitErrc::NotConnected);
  script.connect();
  CHECK(script.heard() == std::vector<std::string>{"40"});
}

TEST_CASE("offline: `drop` tells by the receipt, and no ack is waited for") {
  Script script = offline(OfflinePolicy::Drop);
  const auto emitted = script.emit(ask("1"));
  REQUIRE(emitted);
  CHECK(emitted->fate == Fate::Dropped);
  CHECK_FALSE(emitted->ack_id);
  script.connect();
  script.pass(1s);
  CHECK(script.heard() == std::vector<std::string>{"40"});
  CHECK(script.all<AckFailed>().empty());
}

TEST_CASE("offline: `buffer` sends in order once connected, before anything later") {
  Script script = offline(OfflinePolicy::Buffer);
  const auto first = script.emit(ask("1"));
  script.open();
  const auto second = script.emit({.name = "tell", .arguments = "2"});  // CONNECT is not answered.
  REQUIRE((first && second));
  CHECK(first->fate == Fate::Buffered);
  CHECK(second->fate == Fate::Buffered);
  CHECK(script.heard() == std::vector<std::string>{"40"});
  script.say(R"(40{"sid":"socket"})");
  CHECK(script.emit(ask("3"))->fate == Fate::Sent);
  CHECK(script.heard() ==
        std::vector<std::string>{R"(420["ask",1])", R"(42["tell",2])", R"(421["ask",3])"});
  const auto sent = script.all<EmissionSent>();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].number == first->number);
  CHECK(sent[1].number == second->number);
}

TEST_CASE("offline: a lost connection fails the acks of what was sent, not of what still waits") {
  Script script = offline(OfflinePolicy::Buffer);
  script.connect();
  CHECK(script.emit(ask("1")));
  script.cut();
  REQUIRE(script.all<AckFailed>().size() == 1);
  CHECK(script.all<AckFailed>()[0].id == 0);
  CHECK(script.all<AckFailed>()[0].why == AckFailure::Disconnected);
  CHECK(script.emit(ask("2")));
  script.pass(200ms);
  script.cut();  // An attempt that comes to nothing.
  script.pass(1s);
  script.connect();
  script.say(R"(431["yes"])");
  CHECK(script.all<AckFailed>().size() == 1);
  REQUIRE(script.all<Acknowledged>().size() == 1);
  CHECK(script.all<Acknowledged>()[0].arguments == R"("yes")");
}

TEST_CASE("offline: the buffer is bounded, and its bound is told") {
  Script script = offline(OfflinePolicy::Buffer, 2);
  CHECK(script.emit(ask("1")));
  CHECK(script.emit(ask("2")));
  const auto third = script.emit(ask("3"));
  REQUIRE_FALSE(third.has_value());
  CHECK(third.error() == EmitErrc::BufferFull);
}

TEST_CASE("offline: what can never be sent is told, with its ack") {
  SUBCASE("the client is disconnected for good") {
    Script script = offline(OfflinePolicy::Buffer);
    CHECK(script.emit(ask("1")));
    script.act([&](auto& it, auto& out) { it.disconnect(script.now, out); });
    REQUIRE(script.all<EmissionDropped>().size() == 1);
    REQUIRE(script.all<AckFailed>().size() == 1);
    CHECK(script.all<AckFailed>()[0].why == AckFailure::NotSent);
    script.connect();
    CHECK(script.heard() == std::vector<std::string>{"40"});
  }
  SUBCASE("the server refuses the namespace") {
    Script script = offline(OfflinePolicy::Buffer);
    CHECK(script.emit(ask("1")));
    script.open();
    script.say(R"(44{"message":"no"})");
    CHECK(script.all<EmissionDropped>().size() == 1);
    CHECK(script.all<AckFailed>().size() == 1);
  }
  SUBCASE("its ack timed out before") {
    Script script = offline(OfflinePolicy::Buffer);
    CHECK(script.emit(ask("1", 50ms)));
    script.pass(50ms);
    CHECK(script.all<EmissionDropped>().size() == 1);
    REQUIRE(script.all<AckFailed>().size() == 1);
    CHECK(script.all<AckFailed>()[0].why == AckFailure::TimedOut);
    script.connect();
    CHECK(script.heard() == std::vector<std::string>{"40"});
  }
  SUBCASE("it is larger than the server takes") {
    Script script = offline(OfflinePolicy::Buffer);
    CHECK(script.emit(ask('"' + std::string(2000, 'x') + '"')));
    script.connect();
    CHECK(script.all<EmissionDropped>().size() == 1);
    CHECK(script.all<AckFailed>().size() == 1);
    CHECK(script.linked());
  }
}

TEST_CASE("acks: each times out at its own time, once, and a late answer is ignored") {
  Script script;
  script.connect();
  CHECK(script.emit(ask("1", 100ms)));
  CHECK(script.emit(ask("2", 50ms)));
  CHECK(script.emit(ask("3")));
  script.pass(50ms);
  REQUIRE(script.all<AckFailed>().size() == 1);
  CHECK(script.all<AckFailed>()[0].id == 1);
  script.say("430[1]");
  script.say("431[2]");
  script.say("431[2]");
  script.pass(100ms);
  CHECK(script.all<AckFailed>().size() == 1);
  REQUIRE(script.all<Acknowledged>().size() == 1);
  CHECK(script.all<Acknowledged>()[0].id == 0);
  script.cut();
  CHECK(script.all<AckFailed>().size() == 2);
}

TEST_CASE("acks: one is given once, and only on the connection that asked") {
  Script script;
  script.connect();
  script.say(R"(425["q"])");
  script.heard();
  const auto answer = [&](std::string_view text) {
    script.act([&](auto& it, auto& out) { it.acknowledge("/", 5, text, out); });
  };
  answer("1");
  answer("2");
  CHECK(script.heard() == std::vector<std::string>{"435[1]"});
  script.say(R"(426["q"])");
  script.cut();
  script.pass(1s);
  script.connect();
  script.heard();
  script.act([&](auto& it, auto& out) { it.acknowledge("/", 6, "", out); });
  CHECK(script.heard().empty());
}

TEST_CASE("emit: what a server would not take is refused here") {
  Script script;
  script.connect();
  const auto code = [&](client::Emission emission) {
    return script.emit(std::move(emission)).error();
  };
  CHECK(code({.ns = "/nowhere", .name = "x"}) == EmitErrc::NoNamespace);
  CHECK(code({.name = "disconnect"}) == EmitErrc::ReservedName);
  CHECK(code({.name = "x", .arguments = "{"}) == EmitErrc::NotJson);
  CHECK(code({.name = "x", .arguments = "1],[2"}) == EmitErrc::NotJson);
  CHECK(
      code({.name = "x", .arguments = R"({"_placeholder":true,"num":1})", .attachments = {"a"}}) ==
      EmitErrc::Attachments);
  CHECK(code({.name = "x", .attachments = std::vector<std::string>(11)}) == EmitErrc::Attachments);
  CHECK(code({.name = "x", .arguments = '"' + std::string(1000, 'x') + '"'}) == EmitErrc::TooLarge);
  script.heard();
  CHECK(script.emit({.name = "x", .arguments = '"' + std::string(990, 'x') + '"'}));
  CHECK(script.heard()[0].size() == 1000);  // To the byte: the `4` counts.
}

TEST_CASE("namespaces: they are joined and left one by one, and the last takes the engine along") {
  Script script;
  script.connect();
  script.heard();
  script.act([&](auto& it, auto& out) { it.join({.ns = "/chat", .auth = R"({"t":1})"}, out); });
  CHECK(script.heard() == std::vector<std::string>{R"(40/chat,{"t":1})"});
  script.say(R"(40/chat,{"sid":"other"})");
  CHECK(script.client.connected("/chat"));
  script.act([&](auto& it, auto& out) { it.leave("/", script.now, out); });
  CHECK(script.heard() == std::vector<std::string>{"41"});
  CHECK(script.linked());
  script.act([&](auto& it, auto& out) { it.leave("/chat", script.now, out); });
  CHECK(script.heard() == std::vector<std::string>{"41/chat,"});
  CHECK_FALSE(script.linked());
  script.pass(10s);
  CHECK_FALSE(script.linked());
}

TEST_CASE("namespaces: one that the server ended comes back with connect(), its ack ids go on") {
  Script script;
  script.connect();
  CHECK(script.emit(ask("1")));
  script.say("41");
  CHECK_FALSE(script.linked());
  CHECK(script.emit(ask("2")).error() == EmitErrc::NoNamespace);
  script.act([&](auto& it, auto& out) { it.connect(script.now, out); });
  script.connect();
  CHECK(script.emit(ask("3"))->ack_id == 1);
}

TEST_CASE("namespaces: a CONNECT without a sid is an older server's, and no reason to wait") {
  Script script;
  script.connect("40");
  REQUIRE(script.all<client::ConnectError>().size() == 1);
  CHECK(script.all<client::ConnectError>()[0].data.find("Engine.IO 3") != std::string::npos);
  CHECK_FALSE(script.linked());
}
