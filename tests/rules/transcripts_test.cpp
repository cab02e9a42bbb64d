#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "rules/registry.hpp"
#include "tests/core/disguise/covered.hpp"
#include "tests/rules/play.hpp"
#include "tests/transcripts/scenario.hpp"

using namespace std::chrono_literals;
using transcripts::Play;
using transcripts::Scenario;

namespace {

const std::vector<Scenario>& all() {
  static const std::vector<Scenario> scenarios = transcripts::read_all(SIOSCOPE_TRANSCRIPTS);
  return scenarios;
}

/// `rule certain A -> B "event"`, without how often.
std::string uncounted(const std::string& line) {
  const std::size_t times = line.rfind(" x");
  const bool counted = times != std::string::npos &&
                       line.find_first_not_of("0123456789", times + 2) == std::string::npos;
  return counted ? line.substr(0, times) : line;
}

/// The scenario as a capture holds it: its secrets are pseudonyms.
Scenario disguised(const Scenario& scenario) {
  static const core::disguise::Settings settings("/socket.io/", covering::keystream);
  struct Place {
    std::size_t step;
    std::uint64_t begin;
  };
  struct Connection {
    core::disguise::Disguise disguise{settings};
    std::array<std::vector<Place>, 2> places;
    std::array<std::uint64_t, 2> bytes{};
  };
  std::map<core::ConnectionId, Connection> connections;
  Scenario result = scenario;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const transcripts::Step& step = scenario.steps[i];
    if (step.kind != transcripts::Step::Kind::Bytes) continue;
    Connection& one = connections[step.connection];
    auto& received = one.bytes[core::index_of(step.direction)];
    one.places[core::index_of(step.direction)].push_back({i, received});
    received += step.text.size();
    std::string copy = step.text;
    std::vector<core::disguise::Replacement> changes;
    one.disguise.receive(step.direction, copy, changes);
    for (const auto& change : changes)
      for (std::size_t at = 0; const Place& place : one.places[core::index_of(change.direction)]) {
        std::string& text = result.steps[place.step].text;
        for (; at < change.bytes.size() && change.offset_bytes + at < place.begin + text.size();
             ++at)
          text[static_cast<std::size_t>(change.offset_bytes + at - place.begin)] = change.bytes[at];
      }
    if (one.disguise.rewritten_from(step.direction)) {
      const auto from = *one.disguise.rewritten_from(step.direction);
      std::string& text = result.steps[i].text;
      text.resize(received - text.size() < from
                      ? static_cast<std::size_t>(from - (received - text.size()))
                      : 0);
      text += one.disguise.take_rewritten(step.direction);
    }
  }
  return result;
}

/// The findings that are certain, without how often.
std::vector<std::string> certain(const Play& play) {
  std::vector<std::string> lines;
  for (const std::string& line : play.findings())
    if (line.find(" certain ") != std::string::npos) lines.push_back(uncounted(line));
  return lines;
}

/// The same line of a client of whom nothing is known.
std::string without_grade(const std::string& line) {
  constexpr std::string_view kBefore = " certain ";
  const std::size_t at = line.find(kBefore) + kBefore.size(), end = line.find(' ', at);
  return end == std::string::npos ? line : line.substr(0, at) + line.substr(end + 1);
}

/// What saw a part is certain of nothing but what the whole is certain of.
void check_certain_of(const Play& part, const Play& whole, const std::string& name) {
  const std::vector<std::string> truth = certain(whole);
  for (const std::string& line : certain(part)) {
    // It may say less: the name of its event was lost, or the session whose client it goes on.
    const auto says = [&](const std::string& each) {
      return each == line || each.starts_with(line + " \"") || without_grade(each) == line;
    };
    CHECK_MESSAGE(std::any_of(truth.begin(), truth.end(), says), name << ": " << line);
  }
}

}  // namespace

TEST_CASE("transcripts: what a capture holds, without its secrets, gives the same records") {
  std::size_t changed = 0;
  for (const Scenario& scenario : all()) {
    const Scenario recorded = disguised(scenario);
    for (std::size_t i = 0; i < scenario.steps.size(); ++i)
      changed += scenario.steps[i].text != recorded.steps[i].text;
    Play live(scenario);
    live.run();
    Play analysed(recorded);
    analysed.run();
    CHECK_MESSAGE(live.records() == analysed.records(), scenario.name);
  }
  CHECK(changed > 50);
}

TEST_CASE("transcripts: every conversation comes to what it must come to") {
  REQUIRE(all().size() > 50);
  for (const Scenario& scenario : all()) {
    Play play(scenario);
    play.run();
    std::string differences;
    for (const std::string& each : play.differences()) differences += "\n    " + each;
    CHECK_MESSAGE(differences.empty(), scenario.name << differences);
  }
}

TEST_CASE("transcripts: the same events give the same records, byte for byte") {
  for (const Scenario& scenario : all()) {
    Play one(scenario);
    one.run();
    Play two(scenario);
    two.run();
    CHECK_MESSAGE(one.records() == two.records(), scenario.name);
  }
}

TEST_CASE(
    "transcripts: records do not depend on how often the clock is looked at, or records taken") {
  for (const Scenario& scenario : all()) {
    Play seldom(scenario);
    seldom.run();
    for (const core::Duration tick : {core::Duration(10ms), core::Duration(333ms)}) {
      Play often(scenario);
      often.run(tick);
      CHECK_MESSAGE(seldom.records() == often.records(), scenario.name);
    }
  }
}

TEST_CASE("transcripts: every rule has a conversation that fires it") {
  for (const rules::Description& rule : rules::registry())
    CHECK_MESSAGE(
        std::any_of(all().begin(), all().end(),
                    [&](const Scenario& scenario) {
                      return std::any_of(
                          scenario.expected.begin(), scenario.expected.end(),
                          [&](const std::string& line) { return line.starts_with(rule.id); });
                    }),
        rule.id);
}

TEST_CASE("transcripts: no loss of events makes a finding certain or breaks the analysis") {
  // Events lost in a ring are lost by whole publications. What remains must not be read as proof.
  constexpr std::uint64_t kSeed = 20'240'501;
  INFO("seed " << kSeed);
  std::mt19937_64 random(kSeed);
  for (const Scenario& scenario : all()) {
    Play whole(scenario);
    whole.run();
    for (int round = 0; round < 12; ++round) {
      Play play(scenario);
      play.lose(random());
      play.run();
      check_certain_of(play, whole, scenario.name);
    }
  }
}

TEST_CASE(
    "transcripts: what is not looked at for want of memory makes nothing certain, and is said") {
  constexpr std::uint64_t kSeed = 20'261'126;
  INFO("seed " << kSeed);
  std::mt19937_64 random(kSeed);
  std::size_t shed = 0;
  for (const Scenario& scenario : all()) {
    Play whole(scenario);
    whole.run();
    for (int round = 0; round < 12; ++round) {
      Play play(scenario);
      const std::size_t from = random() % scenario.steps.size();
      play.short_of_memory(from, from + 1 + random() % scenario.steps.size());
      play.run();
      check_certain_of(play, whole, scenario.name);
      const rules::Tally tally = play.tally();
      const bool less = tally.sessions < whole.tally().sessions;
      const bool said =
          std::any_of(tally.unobserved.begin(), tally.unobserved.end(),
                      [](const auto& row) { return row.reason == core::Unobserved::MemoryLimit; });
      CHECK_MESSAGE((!less || said), scenario.name);
      shed += less;
    }
  }
  CHECK(shed > 50);
}
