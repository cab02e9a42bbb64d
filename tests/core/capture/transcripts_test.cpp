// Every transcript as a capture: written as packets, cut, shuffled and repeated, and read again,
// its connections say what they say to a tap that was fed by hand, at the same instants.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "core/tap/tap.hpp"
#include "tests/core/capture/packets.hpp"
#include "tests/transcripts/scenario.hpp"

using namespace packets;
using core::ConnectionId;
using transcripts::Scenario;
using transcripts::Step;

namespace {

/// A capture happens at some time of day.
constexpr auto kMorning = std::chrono::hours(500'000);

using Told = std::map<std::string, std::string>;  ///< by the client's address: its events, as bytes

core::tap::Settings settings_of(const Scenario& scenario) {
  core::tap::Settings settings("/socket.io/", scenario.key, 7);
  settings.dedupe_keys = scenario.dedupe_keys;
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

/// What Play does to a connection: each has a client of its own.
struct Client {
  std::string address;
  std::uint16_t port;
  [[nodiscard]] std::string text() const { return address + ":" + std::to_string(port); }
};

std::map<ConnectionId, Client> clients_of(const Scenario& scenario) {
  std::map<ConnectionId, Client> clients;
  for (const Step& step : scenario.steps)
    if (step.kind == Step::Kind::Open)
      clients[step.connection] = {step.text.substr(0, step.text.rfind(':')),
                                  static_cast<std::uint16_t>(10'000 + clients.size())};
  return clients;
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

/// The packets of a scenario.
class Writer {
 public:
  Writer(const Scenario& scenario, std::uint64_t seed)
      : random_(seed), clients_(clients_of(scenario)) {
    for (const Step& step : scenario.steps) write(step);
  }
  [[nodiscard]] std::vector<Timed> take() { return std::move(all_); }

 private:
  struct Sent {
    std::uint32_t next[2];  ///< sequence numbers, by Direction
    bool ended[2] = {false, false};
  };

  void write(const Step& step) {
    if (step.kind == Step::Kind::Check) return;
    if (step.kind == Step::Kind::Open) {
      const auto first = static_cast<std::uint32_t>(random_());
      sent_[step.connection] = {{first + 1, first + 5000}};
      segment(step, Direction::ToServer, first, kSyn, {});
      segment(step, Direction::ToClient, first + 4999, kSyn | kAck, {});
      return;
    }
    Sent& sent = sent_.at(step.connection);
    std::uint32_t& next = sent.next[core::index_of(step.direction)];
    if (step.kind == Step::Kind::Close) {
      if (step.end == core::StreamEnd::Reset) return reset(step, sent);
      segment(step, step.direction, next, kFin | kAck, {});
      sent.ended[core::index_of(step.direction)] = true;
      ++next;
      return;
    }
    const std::size_t begin = all_.size();
    for (std::size_t at = 0; at < step.text.size();) {
      const std::size_t size = std::min<std::size_t>(step.text.size() - at, 1 + random_() % 1400);
      segment(step, step.direction, next + static_cast<std::uint32_t>(at), kAck,
              step.text.substr(at, size));
      at += size;
      if (random_() % 8 == 0) all_.push_back(all_[begin + random_() % (all_.size() - begin)]);
    }
    std::shuffle(all_.begin() + static_cast<std::ptrdiff_t>(begin), all_.end(), random_);
    next += static_cast<std::uint32_t>(step.text.size());
  }

  void reset(const Step& step, Sent& sent) {
    segment(step, step.direction, sent.next[core::index_of(step.direction)], kRst | kAck, {});
  }

  void segment(const Step& step, Direction direction, std::uint32_t sequence, unsigned flags,
               std::string payload) {
    const Client& client = clients_.at(step.connection);
    const Segment made{direction,
                       sequence,
                       sent_.at(step.connection).next[core::index_of(core::opposite(direction))],
                       flags,
                       std::move(payload),
                       client.port};
    std::string datagram = ipv4(made);
    const std::string address = bytes_of(client.address);
    datagram.replace(direction == Direction::ToServer ? 12 : 16, 4, address);
    all_.push_back(
        {static_cast<std::uint64_t>((step.at + kMorning).time_since_epoch().count()), datagram});
  }

  static std::string bytes_of(const std::string& address) {
    std::istringstream in(address);
    std::string bytes;
    for (std::string part; std::getline(in, part, '.');)
      bytes += static_cast<char>(std::stoi(part));
    return bytes;
  }

  std::mt19937_64 random_;
  std::map<ConnectionId, Client> clients_;
  std::map<ConnectionId, Sent> sent_;
  std::vector<Timed> all_;
};

Told by_capture(const Scenario& scenario, std::uint64_t seed) {
  using namespace core::capture;
  const core::tap::Settings settings = settings_of(scenario);
  Source source(Writer(scenario, seed).take());
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
