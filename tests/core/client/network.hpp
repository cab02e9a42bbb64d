#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/client/link.hpp"
#include "core/instant.hpp"

namespace core::test {

using namespace std::chrono_literals;
using client::LinkId;

/// What reaches an end of a link.
struct Arrival {
  enum class What : std::uint8_t { Opened, Bytes, Closed };
  enum class End : std::uint8_t { Client, Server };
  Instant at;
  std::uint64_t order;  ///< of those at the same instant
  What what;
  End end;
  LinkId link;
  std::string bytes;
  bool operator>(const Arrival& other) const noexcept {
    return at != other.at ? at > other.at : order > other.order;
  }
};

/// A network between one client and one server, in virtual time, that a seed makes as bad as
/// networks are. Both ends know a link by the number that the client gave it.
///
/// Bytes of one direction of a link arrive in order, late, in pieces. A direction can fall silent
/// for ever (half-open), pause, or end; the ends of one link need not learn of it together.
class Network {
 public:
  explicit Network(std::uint64_t seed) : random_(seed) {}

  using End = Arrival::End;
  using What = Arrival::What;

  struct Link {
    Instant ready[2] = {};  ///< towards each End: nothing arrives there earlier
    bool silent[2] = {};    ///< towards each End: what is sent is lost
    bool open[2] = {};      ///< at each End
    bool asks_upgrade = false;
  };

  // --- The weather ---

  Duration delay_max = 5ms;
  bool refuses_links = false;   ///< new links are refused
  bool swallows_links = false;  ///< ... or go nowhere
  enum class Upgrades : std::uint8_t { Pass, Refused, Swallowed };
  Upgrades upgrades = Upgrades::Pass;

  // --- What the ends do ---

  void open(LinkId number, Instant now) {
    Link& link = links_[number];
    link.open[index(End::Client)] = true;
    if (swallows_links) {
      link.silent[0] = link.silent[1] = true;
      return;
    }
    if (refuses_links) return deliver(number, End::Client, What::Closed, {}, now);
    link.open[index(End::Server)] = true;
    deliver(number, End::Server, What::Opened, {}, now);
    link.ready[index(End::Client)] = link.ready[index(End::Server)];
    deliver(number, End::Client, What::Opened, {}, now);
  }
  void send(LinkId number, End from, std::string bytes, Instant now) {
    const auto found = links_.find(number);
    if (found == links_.end() || !found->second.open[index(from)]) return;
    if (from == End::Client && upgrades != Upgrades::Pass && asks_upgrade(bytes))
      return stop_upgrade(number, now);
    if (bytes.size() > 1 && random_() % 4 == 0) {  // In two pieces.
      const std::size_t cut = 1 + random_() % (bytes.size() - 1);
      deliver(number, other(from), What::Bytes, bytes.substr(0, cut), now);
      bytes.erase(0, cut);
    }
    deliver(number, other(from), What::Bytes, std::move(bytes), now);
  }
  /// An end closes: the other learns of it behind the bytes.
  void close(LinkId number, End from, Instant now) {
    const auto found = links_.find(number);
    if (found == links_.end()) return;
    found->second.open[index(from)] = false;
    deliver(number, other(from), What::Closed, {}, now);
  }

  // --- Faults ---

  /// A link that both ends hold, if there is any.
  [[nodiscard]] std::optional<LinkId> any_link() {
    std::vector<LinkId> whole;
    for (const auto& [number, link] : links_)
      if (link.open[0] && link.open[1]) whole.push_back(number);
    if (whole.empty()) return std::nullopt;
    return whole[random_() % whole.size()];
  }
  /// Nothing that is sent arrives any more, and nobody is told.
  void fall_silent(LinkId number, End towards) { links_.at(number).silent[index(towards)] = true; }
  /// What is sent arrives, but only after a while.
  void stall(LinkId number, End towards, Instant until) {
    Instant& ready = links_.at(number).ready[index(towards)];
    ready = std::max(ready, until);
  }
  /// The link is gone, and an end learns of it, or does not.
  void break_off(LinkId number, bool client_learns, bool server_learns, Instant now) {
    Link& link = links_.at(number);
    if (client_learns) deliver(number, End::Client, What::Closed, {}, now);
    if (server_learns) deliver(number, End::Server, What::Closed, {}, now);
    link.silent[0] = link.silent[1] = true;
  }
  /// The server's end of every link is gone with its process.
  void forget_server(bool client_learns, Instant now) {
    for (auto& [number, link] : links_) {
      if (!link.open[index(End::Server)]) continue;
      link.open[index(End::Server)] = false;
      break_off(number, client_learns && link.open[index(End::Client)], false, now);
    }
  }
  /// What fell silent stays so: the ends find out by themselves. New links have fair weather.
  void calm_down() {
    delay_max = 5ms;
    refuses_links = swallows_links = false;
    upgrades = Upgrades::Pass;
  }

  // --- What arrives ---

  [[nodiscard]] std::optional<Instant> next() const noexcept {
    return arrivals_.empty() ? std::nullopt : std::optional(arrivals_.top().at);
  }
  /// The next arrival; nothing when it is no longer of interest to its end.
  [[nodiscard]] std::optional<Arrival> take() {
    Arrival arrival = arrivals_.top();
    arrivals_.pop();
    const auto found = links_.find(arrival.link);
    if (found == links_.end() || !found->second.open[index(arrival.end)]) return std::nullopt;
    if (arrival.what == What::Closed) found->second.open[index(arrival.end)] = false;
    return arrival;
  }

  /// Whether bytes still go both ways between two ends that both hold the link.
  [[nodiscard]] bool connects(LinkId number) const noexcept {
    const auto found = links_.find(number);
    return found != links_.end() && found->second.open[0] && found->second.open[1] &&
           !found->second.silent[0] && !found->second.silent[1];
  }
  /// Links that the client holds.
  [[nodiscard]] std::size_t held_by_client() const noexcept {
    return static_cast<std::size_t>(std::count_if(links_.begin(), links_.end(), [](const auto& it) {
      return it.second.open[index(End::Client)];
    }));
  }
  /// Forgets links that nobody holds.
  void sweep() {
    std::erase_if(links_, [](const auto& it) { return !it.second.open[0] && !it.second.open[1]; });
  }

 private:
  static constexpr std::size_t index(End end) noexcept { return static_cast<std::size_t>(end); }
  static constexpr End other(End end) noexcept {
    return end == End::Client ? End::Server : End::Client;
  }
  static bool asks_upgrade(std::string_view bytes) noexcept {
    return bytes.starts_with("GET ") &&
           bytes.find("transport=websocket") != std::string_view::npos &&
           bytes.find("&sid=") != std::string_view::npos;
  }

  void stop_upgrade(LinkId number, Instant now) {
    if (upgrades == Upgrades::Swallowed) return;
    deliver(number, End::Client, What::Bytes,
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", now);
    deliver(number, End::Client, What::Closed, {}, now);
    deliver(number, End::Server, What::Closed, {}, now);
  }
  void deliver(LinkId number, End end, What what, std::string bytes, Instant now) {
    Link& link = links_[number];
    if (link.silent[index(end)]) return;
    const auto most = static_cast<std::uint64_t>(delay_max.count());
    Instant& ready = link.ready[index(end)];
    ready = std::max(ready, now + Duration(static_cast<Duration::rep>(random_() % (most + 1))));
    arrivals_.push({ready, ++order_, what, end, number, std::move(bytes)});
  }

  std::minstd_rand random_;
  std::map<LinkId, Link> links_;
  std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arrivals_;
  std::uint64_t order_ = 0;
};

}  // namespace core::test
