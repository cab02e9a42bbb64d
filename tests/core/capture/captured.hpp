#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/capture/packets.hpp"
#include "tests/transcripts/scenario.hpp"

// A transcript as somebody on the wire would have captured it.

namespace packets {

using core::ConnectionId;
using transcripts::Scenario;
using transcripts::Step;

/// A capture happens at some time of day.
inline constexpr auto kMorning = std::chrono::hours(500'000);

/// Every connection has a client of its own, from an address that the transcript names.
struct Client {
  std::string address;
  std::uint16_t port;
  [[nodiscard]] std::string text() const { return address + ":" + std::to_string(port); }
};

inline std::map<ConnectionId, Client> clients_of(const Scenario& scenario) {
  std::map<ConnectionId, Client> clients;
  for (const Step& step : scenario.steps)
    if (step.kind == Step::Kind::Open)
      clients[step.connection] = {step.text.substr(0, step.text.rfind(':')),
                                  static_cast<std::uint16_t>(10'000 + clients.size())};
  return clients;
}

/// The packets of a scenario: its bytes are cut, shuffled within a step, and repeated.
class ScenarioWriter {
 public:
  ScenarioWriter(const Scenario& scenario, std::uint64_t seed)
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

inline std::vector<Timed> captured(const Scenario& scenario, std::uint64_t seed) {
  return ScenarioWriter(scenario, seed).take();
}

}  // namespace packets
