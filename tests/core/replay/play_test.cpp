// Both sides of a recording against each other, in virtual time: the player against the stage.
#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <set>
#include <string>

#include "core/replay/player.hpp"
#include "core/replay/stage.hpp"

using namespace std::chrono_literals;
using namespace core::replay;
using core::Direction;
using core::Duration;
using core::Instant;
using core::client::LinkId;
using core::client::Packet;
using core::socketio::PacketType;

namespace {

/// A wire without delay between a player and a stage, and a clock that goes from deadline to
/// deadline.
class Theatre {
 public:
  Theatre(PlayerOptions player, StageOptions stage)
      : player_(std::move(player), 1), stage_(std::move(stage), 2) {}

  void run(Duration at_most) {
    const Instant end = now_ + at_most;
    player_.start(now_, from_player_);
    carry();
    while (!player_.done()) {
      const auto one = player_.deadline(), other = stage_.deadline();
      const Instant next = std::min(one.value_or(Instant::max()), other.value_or(Instant::max()));
      if (next > end) break;
      now_ = std::max(now_, next);
      player_.advance(now_, from_player_);
      stage_.advance(now_, from_stage_);
      carry();
    }
  }
  [[nodiscard]] const Player& player() const { return player_; }
  [[nodiscard]] const Stage& stage() const { return stage_; }
  [[nodiscard]] Instant now() const { return now_; }
  /// Names of the events that the player heard.
  [[nodiscard]] const std::string& heard() const { return heard_; }

 private:
  void carry() {
    while (!from_player_.actions.empty() || !from_stage_.actions.empty()) {
      for (const auto& happening : std::exchange(from_player_.happenings, {}))
        if (const auto* event = std::get_if<core::client::Received>(&happening))
          heard_ += event->name + " ";
      from_stage_.happenings.clear();
      for (auto& action : std::exchange(from_player_.actions, {})) to_stage(action);
      for (auto& action : std::exchange(from_stage_.actions, {})) to_player(action);
    }
  }
  void to_stage(const core::client::Action& action) {
    if (const auto* open = std::get_if<core::client::OpenLink>(&action)) {
      open_.insert(open->link);
      stage_.opened(open->link, now_, from_stage_);
      player_.opened(open->link, now_, from_player_);
    } else if (const auto* sent = std::get_if<core::client::SendBytes>(&action)) {
      if (open_.contains(sent->link)) stage_.receive(sent->link, sent->bytes, now_, from_stage_);
    } else if (const auto* closed = std::get_if<core::client::CloseLink>(&action)) {
      if (open_.erase(closed->link) > 0) stage_.closed(closed->link, now_, from_stage_);
    }
  }
  void to_player(const core::client::Action& action) {
    if (const auto* sent = std::get_if<core::client::SendBytes>(&action)) {
      if (open_.contains(sent->link)) player_.receive(sent->link, sent->bytes, now_, from_player_);
    } else if (const auto* closed = std::get_if<core::client::CloseLink>(&action)) {
      if (open_.erase(closed->link) > 0) player_.closed(closed->link, now_, from_player_);
    }
  }

  Instant now_{1s};
  Player player_;
  Stage stage_;
  core::client::Output from_player_;
  core::server::Output from_stage_;
  std::set<LinkId> open_;
  std::string heard_;
};

constexpr Instant kBegin(100s);

Said packet(Duration at, Direction direction, Packet packet) {
  Said said{kBegin + at, direction, {}, packet};
  for (auto& message : core::client::encode(packet)) said.messages.push_back(std::move(message));
  return said;
}
Said up(Duration at, Packet one) { return packet(at, Direction::ToServer, std::move(one)); }
Said down(Duration at, Packet one) { return packet(at, Direction::ToClient, std::move(one)); }

RecordedSession session(std::string sid, Duration opened, Carried carried) {
  RecordedSession one;
  one.sid = std::move(sid);
  one.opened = kBegin + opened;
  one.carried = carried;
  one.said.push_back(up(opened + 1ms, {.type = PacketType::Connect}));
  one.said.push_back(down(opened + 2ms, {.type = PacketType::Connect, .data = "{\"sid\":\"x\"}"}));
  return one;
}

/// It asks, hears news, is asked, answers and says what it heard.
RecordedSession talk(Carried carried) {
  RecordedSession one = session("A", 0ms, carried);
  one.said.push_back(up(10ms, {.id = 0, .data = "[\"ask\",1]"}));
  one.said.push_back(down(60ms, {.type = PacketType::Ack, .id = 0, .data = "[2]"}));
  one.said.push_back(down(100ms, {.data = "[\"news\"]"}));
  one.said.push_back(up(150ms, {.data = "[\"heard\"]"}));
  one.said.push_back(down(200ms, {.id = 9, .data = "[\"question\"]"}));
  one.said.push_back(up(210ms, {.type = PacketType::Ack, .id = 9, .data = "[\"answer\"]"}));
  one.said.push_back(up(300ms, {.id = 1, .data = "[\"ask\",2]"}));
  one.said.push_back(down(310ms, {.type = PacketType::Ack, .id = 1, .data = "[3]"}));
  one.parted = Parted{kBegin + 400ms, Direction::ToServer};
  return one;
}

}  // namespace

TEST_CASE("Player and Stage: both sides of a talk, done again, are that talk") {
  for (const Carried carried :
       {Carried::Polling, Carried::WebSocket, Carried::PollingThenWebSocket})
    for (const bool at_once : {false, true}) {
      const RecordedSession recorded = talk(carried);
      Theatre theatre(
          {.script = script_of({&recorded}, kBegin, kBegin + 1s), .target = {}, .at_once = at_once},
          {.sessions = {recorded}});
      const Instant begin = theatre.now();
      theatre.run(60s);
      CHECK(theatre.player().done());
      const Performance& came = theatre.player().performance();
      CHECK(came.sent == 3);
      CHECK(came.answered == 2);
      CHECK(came.sessions == 1);
      CHECK(theatre.heard() == "news question ");
      CHECK(theatre.now() - begin < 5s);
    }
}

TEST_CASE("Player and Stage: twice as fast takes half the time") {
  const RecordedSession recorded = talk(Carried::WebSocket);
  const auto duration = [&](double speed) {
    Theatre theatre(
        {.script = script_of({&recorded}, kBegin, kBegin + 1s), .target = {}, .speed = speed},
        {.sessions = {recorded}, .speed = speed});
    const Instant begin = theatre.now();
    theatre.run(60s);
    return theatre.now() - begin;
  };
  CHECK(duration(1) >= 400ms);
  CHECK(duration(2) < duration(1));
}

TEST_CASE(
    "Player and Stage: the poison comes again, and the correct client closes before it comes "
    "back") {
  RecordedSession poisoned = session("A", 0ms, Carried::WebSocket);
  poisoned.said.push_back(
      {kBegin + 50ms, Direction::ToClient, {{false, "2[null,null]"}}, std::nullopt});
  poisoned.said.push_back(down(3s, {.data = "[\"news\"]"}));
  RecordedSession next = session("B", 600ms, Carried::WebSocket);
  next.said.push_back(down(3s, {.data = "[\"news\"]"}));
  Theatre theatre({.script = script_of({&poisoned, &next}, kBegin, kBegin + 6s), .target = {}},
                  {.sessions = {poisoned, next}});
  theatre.run(60s);
  CHECK(theatre.player().performance().sessions == 2);
  CHECK(theatre.stage().opened_sessions() == 2);
  CHECK(theatre.heard() == "news ");
  CHECK(theatre.player().performance().last_error.find("parse error") == 0);
}

TEST_CASE("Player: what was waited for in vain is waited for once") {
  RecordedSession recorded = session("A", 0ms, Carried::WebSocket);
  recorded.said.push_back(down(10ms, {.data = "[\"go\"]"}));
  for (int i = 0; i < 5; ++i) recorded.said.push_back(up(20ms + i * 1ms, {.data = "[\"step\"]"}));
  RecordedSession silent = session("A", 0ms, Carried::WebSocket);
  Theatre theatre({.script = script_of({&recorded}, kBegin, kBegin + 100ms), .target = {}},
                  {.sessions = {silent}});
  const Instant begin = theatre.now();
  theatre.run(60s);
  CHECK(theatre.player().performance().sent == 5);
  CHECK(theatre.now() - begin >= Player::kPatience);
  CHECK(theatre.now() - begin < 2 * Player::kPatience);
}

TEST_CASE("Stage: what followed a client's event waits for it, a little") {
  RecordedSession recorded = session("A", 0ms, Carried::WebSocket);
  recorded.said.push_back(up(10ms, {.data = "[\"hello\"]"}));
  recorded.said.push_back(down(20ms, {.data = "[\"welcome\"]"}));
  RecordedSession mute = session("A", 0ms, Carried::WebSocket);
  Theatre theatre({.script = script_of({&mute}, kBegin, kBegin + 5s), .target = {}},
                  {.sessions = {recorded}});
  theatre.run(60s);
  CHECK(theatre.heard() == "welcome ");
}
