#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/tap/tap.hpp"
#include "tests/transcripts/scenario.hpp"

using transcripts::Scenario;
using transcripts::Step;

namespace {

/// What a tap said, without when.
void append(std::string& out, const core::EventBuffer& events) {
  for (const core::EventView view : events) {
    core::Event event = view.event;
    event.at = {};
    out.append(reinterpret_cast<const char*>(&event), sizeof event).append(view.text).append("\n");
  }
}

/// Feeds each connection of a scenario to a tap of its own; `cut` says how many of the bytes that
/// are left go in at once.
template <class Cut>
std::map<core::ConnectionId, std::string> told(const Scenario& scenario, Cut cut) {
  core::tap::Settings settings("/socket.io/", scenario.key, 7);
  settings.trust = scenario.trust;
  std::map<core::ConnectionId, core::tap::Tap> taps;
  std::map<core::ConnectionId, std::string> result;
  core::EventBuffer events;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    if (step.kind == Step::Kind::Check) continue;
    core::tap::Tap& tap =
        taps.try_emplace(step.connection, core::tap::Tap(settings, step.connection)).first->second;
    if (step.kind == Step::Kind::Open) {
      tap.open(step.text, step.at, events);
      tap.routed(step.upstream, step.instead_of);
    }
    if (step.kind == Step::Kind::Close) tap.close(step.direction, step.end, step.at, events);
    for (std::size_t at = 0; at < step.text.size() && step.kind == Step::Kind::Bytes;) {
      std::string piece = step.text.substr(at, cut(step.text.size() - at));
      at += piece.size();
      tap.receive(step.direction, piece, step.at, events);
    }
    append(result[step.connection], events);
    events.clear();
  }
  return result;
}

/// Steps of one connection and direction that follow each other become one.
Scenario merged(const Scenario& scenario) {
  Scenario result = scenario;
  result.steps.clear();
  std::map<core::ConnectionId, std::size_t> last;
  for (const Step& step : scenario.steps) {
    const auto before = last.find(step.connection);
    if (step.kind == Step::Kind::Bytes && before != last.end()) {
      Step& same = result.steps[before->second];
      if (same.kind == Step::Kind::Bytes && same.direction == step.direction) {
        same.text += step.text;
        continue;
      }
    }
    last[step.connection] = result.steps.size();
    result.steps.push_back(step);
  }
  return result;
}

const std::vector<Scenario>& all() {
  static const std::vector<Scenario> scenarios = transcripts::read_all(SIOSCOPE_TRANSCRIPTS);
  return scenarios;
}

}  // namespace

TEST_CASE("Tap: byte by byte it says what it says of whole reads") {
  for (const Scenario& scenario : all())
    CHECK_MESSAGE(told(scenario, [](std::size_t left) { return left; }) ==
                      told(scenario, [](std::size_t) { return std::size_t{1}; }),
                  scenario.name);
}

TEST_CASE("Tap: several messages in one read say what they say apart") {
  for (const Scenario& scenario : all())
    CHECK_MESSAGE(told(scenario, [](std::size_t left) { return left; }) ==
                      told(merged(scenario), [](std::size_t left) { return left; }),
                  scenario.name);
}

TEST_CASE("Tap: however the bytes are cut, the events are the same") {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  for (const Scenario& scenario : all()) {
    const auto whole = told(scenario, [](std::size_t left) { return left; });
    const Scenario joined = merged(scenario);
    for (int round = 0; round < 5; ++round)
      CHECK_MESSAGE(whole == told(joined,
                                  [&](std::size_t left) {
                                    const std::size_t most = random() % 4 == 0 ? 200 : 12;
                                    return std::min<std::size_t>(left, 1 + random() % most);
                                  }),
                    scenario.name << ", seed " << seed);
  }
}
