#include "core/replay/session_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/transcripts/scenario.hpp"

using core::Direction;
using core::replay::Carried;
using core::replay::RecordedSession;
using core::replay::Said;
using transcripts::Scenario;
using transcripts::Step;

namespace {

template <class Cut>
std::vector<RecordedSession> read(const Scenario& scenario, Cut cut) {
  core::replay::SessionReader reader("/socket.io/");
  for (const Step& step : scenario.steps) {
    if (step.kind == Step::Kind::Open)
      reader.read({step.at, step.connection,
                   core::capture::Opened{"127.0.0.1:5000", "127.0.0.1:3000",
                                         core::capture::Opened::From::Start}});
    for (std::size_t at = 0; step.kind == Step::Kind::Bytes && at < step.text.size();) {
      std::string piece = step.text.substr(at, cut(step.text.size() - at));
      at += piece.size();
      reader.read({step.at, step.connection, core::capture::Bytes{step.direction, piece}});
    }
    if (step.kind == Step::Kind::Close)
      reader.read({step.at, step.connection, core::capture::Ended{step.direction, step.end}});
  }
  return reader.take();
}
std::vector<RecordedSession> read(const Scenario& scenario) {
  return read(scenario, [](std::size_t left) { return left; });
}
std::vector<RecordedSession> read(const std::string& text) {
  const auto scenarios = transcripts::read_text(text, "here");
  REQUIRE(scenarios.size() == 1);
  return read(scenarios.front());
}

/// `> 42["a"]` for each thing that was said, `!` where no parser takes it.
std::string told(const RecordedSession& session) {
  std::string all;
  for (const Said& said : session.said) {
    all += said.direction == Direction::ToServer ? "> " : "< ";
    if (!said.packet) all += "! ";
    for (const auto& message : said.messages)
      all += message.binary ? "(" + std::to_string(message.data.size()) + ")" : message.data;
    all += "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("SessionReader: what was said, whatever it travelled over") {
  const auto sessions = read(
      "scenario: a talk\n"
      "over websocket\n"
      "ping 1000/2000\n"
      "0ms  A joins\n"
      "10ms A > 421[\"ask\",1]\n"
      "20ms A < 431[2]\n"
      "30ms A < 42[null,null]\n"
      "40ms A < 42[\"after\"]\n"
      "1s   end\n"
      "expect\n"
      "  protocol/malformed-packet certain A\n");
  REQUIRE(sessions.size() == 1);
  const RecordedSession& one = sessions.front();
  CHECK(one.sid == "A");
  CHECK(one.carried == Carried::WebSocket);
  CHECK(one.ping_interval == std::chrono::milliseconds(1000));
  CHECK(one.ping_timeout == std::chrono::milliseconds(2000));
  const std::string text = told(one);
  CHECK(text.find("> 21[\"ask\",1]\n< 31[2]\n< ! 2[null,null]\n< 2[\"after\"]\n") !=
        std::string::npos);
}

TEST_CASE("SessionReader: however the bytes of a transcript are cut, what was said is the same") {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  std::size_t sessions = 0, said = 0;
  for (const Scenario& scenario : transcripts::read_all(SIOSCOPE_TRANSCRIPTS)) {
    const auto whole = read(scenario);
    const auto cut = read(
        scenario, [&](std::size_t left) { return std::min<std::size_t>(left, 1 + random() % 40); });
    REQUIRE_MESSAGE(whole.size() == cut.size(), scenario.name << ", seed " << seed);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      CHECK_MESSAGE(told(whole[i]) == told(cut[i]), scenario.name << ", seed " << seed);
      CHECK(whole[i].carried == cut[i].carried);
      CHECK(whole[i].parted.has_value() == cut[i].parted.has_value());
      said += whole[i].said.size();
    }
    sessions += whole.size();
  }
  CHECK(sessions > 300);
  CHECK(said > 1000);
}

TEST_CASE("SessionReader: a transcript says the same over every transport that it has") {
  std::map<std::string, std::vector<std::string>> by_title;
  std::size_t compared = 0;
  for (const Scenario& scenario : transcripts::read_all(SIOSCOPE_TRANSCRIPTS)) {
    // `file: title (transport)`
    const std::string title = scenario.name.substr(0, scenario.name.rfind(" ("));
    std::multiset<std::string> all;
    for (const RecordedSession& session : read(scenario))
      all.insert(session.sid + "\n" + told(session));
    std::string text;
    for (const std::string& one : all) text += one;
    by_title[title].push_back(text);
  }
  for (const auto& [title, texts] : by_title)
    for (const std::string& text : texts) {
      CHECK_MESSAGE(text == texts.front(), title);
      ++compared;
    }
  CHECK(compared > 300);
}
