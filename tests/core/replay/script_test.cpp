#include "core/replay/script.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using namespace core::replay;
using core::ClientId;
using core::Direction;
using core::Instant;
using core::client::Packet;
using core::socketio::PacketType;

namespace {

Said said(Instant at, Direction direction, Packet packet) {
  return {at, direction, {}, std::move(packet)};
}
Said up(Instant at, Packet packet) { return said(at, Direction::ToServer, std::move(packet)); }
Said down(Instant at, Packet packet) { return said(at, Direction::ToClient, std::move(packet)); }

RecordedSession session(std::string sid, Instant opened) {
  RecordedSession one;
  one.sid = std::move(sid);
  one.opened = opened;
  one.carried = Carried::WebSocket;
  one.said.push_back(up(opened + 1ms, {.type = PacketType::Connect, .data = "{\"token\":\"a\"}"}));
  one.said.push_back(down(opened + 2ms, {.type = PacketType::Connect, .data = "{\"sid\":\"x\"}"}));
  return one;
}

/// One step a line.
std::string told(const Script& script) {
  struct Tell {
    std::string operator()(const Arrive& arrive) const {
      std::string text = "arrive";
      for (const auto& ns : arrive.namespaces) text += " " + ns.ns + ns.auth;
      return text;
    }
    std::string operator()(const Leave&) const { return "leave"; }
    std::string operator()(const JoinNamespace& join) const { return "join " + join.ns.ns; }
    std::string operator()(const LeaveNamespace& leave) const { return "leave " + leave.ns; }
    std::string operator()(const Emit& emit) const {
      return "emit " + emit.emission.ns + " " + emit.emission.name + "(" + emit.emission.arguments +
             ")" + (emit.emission.ask == core::client::Ask::Ack ? "?" : "");
    }
  };
  std::string all;
  for (const Step& step : script.steps)
    all += std::to_string(step.at / 1ms) + " " + std::visit(Tell{}, step.what) +
           (step.acks_before > 0 ? " acks " + std::to_string(step.acks_before) : "") +
           (step.events_before > 0 ? " events " + std::to_string(step.events_before) : "") + "\n";
  return all;
}

constexpr Instant kBegin(100s);

}  // namespace

TEST_CASE("script_of: what a client did by its own will, and what it may have waited for") {
  RecordedSession one = session("A", kBegin);
  one.said.push_back(up(kBegin + 10ms, {.id = 7, .data = "[\"ask\",1]"}));
  one.said.push_back(down(kBegin + 20ms, {.type = PacketType::Ack, .id = 7, .data = "[2]"}));
  one.said.push_back(down(kBegin + 25ms, {.data = "[\"news\"]"}));
  one.said.push_back(up(kBegin + 30ms, {.data = "[\"say\",\"x\"]"}));
  one.said.push_back(up(kBegin + 40ms, {.type = PacketType::Connect, .ns = "/chat"}));
  one.said.push_back(up(kBegin + 50ms, {.type = PacketType::Disconnect, .ns = "/chat"}));
  one.parted = Parted{kBegin + 60ms, Direction::ToServer};
  CHECK(told(script_of({&one}, kBegin, kBegin + 1s)) ==
        "0 arrive /{\"token\":\"a\"}\n"
        "10 emit / ask(1)?\n"
        "30 emit / say(\"x\") acks 1 events 1\n"
        "40 join /chat acks 1 events 1\n"
        "50 leave /chat acks 1 events 1\n"
        "60 leave acks 1 events 1\n");
}

TEST_CASE("script_of: a leaking client is one client, and comes but once") {
  RecordedSession old = session("A", kBegin), fresh = session("B", kBegin + 500ms);
  old.said.push_back(
      {kBegin + 100ms, Direction::ToClient, {{false, "2[null,null]"}}, std::nullopt});
  fresh.said.push_back(up(kBegin + 600ms, {.data = "[\"say\"]"}));
  const Script script = script_of({&old, &fresh}, kBegin, kBegin + 2s);
  CHECK(told(script) == "0 arrive /{\"token\":\"a\"}\n600 emit / say()\n");
  CHECK(script.sessions == 2);
  CHECK(script.end == core::Duration(2s));
}

TEST_CASE("script_of: a client that goes away and comes back does so again") {
  RecordedSession first = session("A", kBegin), second = session("B", kBegin + 5s);
  first.parted = Parted{kBegin + 1s, Direction::ToServer};
  CHECK(told(script_of({&first, &second}, kBegin, kBegin + 10s)) ==
        "0 arrive /{\"token\":\"a\"}\n1000 leave\n5000 arrive\n");
}

TEST_CASE("script_of: a session that the server ended is no will of the client") {
  RecordedSession first = session("A", kBegin), second = session("B", kBegin + 2s);
  first.parted = Parted{kBegin + 1s, Direction::ToClient};
  CHECK(told(script_of({&first, &second}, kBegin, kBegin + 10s)) ==
        "0 arrive /{\"token\":\"a\"}\n");
}

TEST_CASE("script_of: what recovery puts into CONNECT is never sent again") {
  RecordedSession one = session("A", kBegin);
  one.said.front().packet->data = "{\"pid\":\"p\",\"offset\":\"o\"}";
  CHECK(told(script_of({&one}, kBegin, kBegin + 1s)) == "0 arrive /\n");
}

TEST_CASE("script_of: answers to the server's questions are kept by event, in order") {
  RecordedSession one = session("A", kBegin);
  one.said.push_back(down(kBegin + 10ms, {.id = 3, .data = "[\"q\",1]"}));
  one.said.push_back(down(kBegin + 11ms, {.id = 4, .data = "[\"q\",2]"}));
  one.said.push_back(up(kBegin + 20ms, {.type = PacketType::Ack, .id = 4, .data = "[\"two\"]"}));
  one.said.push_back(up(kBegin + 21ms, {.type = PacketType::Ack, .id = 3, .data = "[\"one\"]"}));
  const Script script = script_of({&one}, kBegin, kBegin + 1s);
  const auto& answers = script.answers.at({"/", "q"});
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].arguments == "\"two\"");
  CHECK(answers[1].arguments == "\"one\"");
}

TEST_CASE("scripts_of: sessions are put together by client, others stand alone") {
  const std::vector<RecordedSession> sessions{session("A", kBegin), session("B", kBegin + 1s),
                                              session("C", kBegin + 2s)};
  const auto scripts = scripts_of(sessions, {{"A", ClientId(1)}, {"C", ClientId(1)}}, kBegin + 3s);
  REQUIRE(scripts.size() == 2);
  CHECK(scripts[0].sessions == 2);
  CHECK(scripts[1].steps.front().at == core::Duration(1s));
}
