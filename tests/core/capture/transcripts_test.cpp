// Every transcript as a capture: written as packets, cut, shuffled and repeated, and read again,
// its connections say what they say to a tap that was fed by hand, at the same instants.
#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

#include "core/tap/tap.hpp"
#include "tests/core/capture/captured.hpp"

using namespace packets;

namespace {

using Told = std::map<std::string, std::string>;  ///< by the client's address: its events, as bytes

core::tap::Settings settings_of(const Scenario& scenario) {
  core::tap::Settings settings("/socket.io/", scenario.key, 7);
  settings.dedupe_keys = scenario.dedupe_keys;
  settings.trust = scenario.trust;
  return settings;
}

void append(std::string& out, core::EventBuffer& events) {
  for (const core::EventView view : events) {
    core::Event event = view.event;
    event.connection = {};
    out.append(reinterpret_cast<const char*>(&event), sizeof event).append(view.text);
  }
  events.clear();
}

Told by_hand(const Scenario& scenario) {
  const core::tap::Settings settings = settings_of(scenario);
  const auto clients = clients_of(scenario);
  std::map<ConnectionId, core::tap::Tap> taps;
  std::set<ConnectionId> reset;
  core::EventBuffer events;
  Told told;
  for (const Step& step : scenario.steps) {
    if (step.kind == Step::Kind::Check) continue;
    const core::Instant at = step.at + kMorning;
    const std::string client = clients.at(step.connection).text();
    auto& tap =
        taps.try_emplace(step.connection, core::tap::Tap(settings, step.connection)).first->second;
    if (step.kind == Step::Kind::Open) tap.open(client, at, events);
    std::string bytes = step.text;
    if (step.kind == Step::Kind::Bytes) tap.receive(step.direction, bytes, at, events);
    if (step.kind == Step::Kind::Close && !reset.contains(step.connection))
      tap.close(step.direction, step.end, at, events);
    // One packet resets both directions, and a transcript says so in two steps.
    if (step.kind == Step::Kind::Close && step.end == core::StreamEnd::Reset &&
        reset.insert(step.connection).second)
      tap.close(core::opposite(step.direction), step.end, at, events);
    append(told[client], events);
  }
  std::erase_if(told, [](const auto& one) { return one.second.empty(); });
  return told;
}

Told by_capture(const Scenario& scenario, std::uint64_t seed) {
  using namespace core::capture;
  const core::tap::Settings settings = settings_of(scenario);
  Source source(captured(scenario, seed));
  PacketRecording recording({&source});
  struct Connection {
    core::tap::Tap tap;
    std::string client;
  };
  std::map<ConnectionId, Connection> connections;
  core::EventBuffer events;
  Told told;
  while (const auto item = recording.next()) {
    if (const auto* opened = std::get_if<Opened>(&item->what))
      connections
          .emplace(item->connection, Connection{core::tap::Tap(settings, item->connection),
                                                std::string(opened->client)})
          .first->second.tap.open(opened->client, item->at, events);
    Connection& connection = connections.at(item->connection);
    if (const auto* bytes = std::get_if<Bytes>(&item->what))
      connection.tap.receive(bytes->direction, bytes->bytes, item->at, events);
    else if (const auto* ended = std::get_if<Ended>(&item->what))
      connection.tap.close(ended->direction, ended->end, item->at, events);
    CHECK_FALSE(std::holds_alternative<Missing>(item->what));
    append(told[connection.client], events);
  }
  std::erase_if(told, [](const auto& one) { return one.second.empty(); });
  return told;
}

}  // namespace

TEST_CASE("capture: a transcript that was captured says what it says") {
  const std::uint64_t seed = std::random_device{}();
  std::size_t played = 0;
  for (const Scenario& scenario : transcripts::read_all(SIOSCOPE_TRANSCRIPTS)) {
    CHECK_MESSAGE(by_hand(scenario) == by_capture(scenario, seed + played),
                  scenario.name << ", seed " << seed + played);
    ++played;
  }
  CHECK(played > 100);
}
