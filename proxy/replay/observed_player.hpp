#pragma once

#include <functional>
#include <string>
#include <utility>
#include <variant>

#include "core/capture/recording.hpp"
#include "core/replay/player.hpp"

namespace proxy::replay {

/// Told of what a player's links do, as a recording would tell it. Bytes may be overwritten.
using See = std::function<void(const core::capture::Item&)>;

struct ObservedOptions {
  core::replay::PlayerOptions player;
  std::string address;  ///< `10.0.0.1`: of its own, so that nobody takes two for one client
  std::string server;   ///< `HOST:PORT`
  std::uint64_t first_connection;  ///< its links are numbered from here
  See see;
};

/// A player whose bytes are watched: what its links carry is what a proxy between it and the server
/// would see, before any TLS.
class ObservedPlayer {
 public:
  ObservedPlayer(ObservedOptions options, std::uint64_t seed)
      : address_(std::move(options.address)),
        server_(std::move(options.server)),
        first_(options.first_connection),
        see_(std::move(options.see)),
        player_(std::move(options.player), seed) {}

  void start(core::Instant now, core::client::Output& out) {
    watch(now, out, [&] { player_.start(now, out); });
  }
  void opened(core::client::LinkId link, core::Instant now, core::client::Output& out) {
    const std::string client =
        address_ + ":" + std::to_string(1024 + static_cast<std::uint64_t>(link) % 60'000);
    see_({now, connection(link),
          core::capture::Opened{client, server_, core::capture::Opened::From::Start}});
    watch(now, out, [&] { player_.opened(link, now, out); });
  }
  void receive(core::client::LinkId link, std::string_view bytes, core::Instant now,
               core::client::Output& out) {
    carried(link, core::Direction::ToClient, bytes, now);
    watch(now, out, [&] { player_.receive(link, bytes, now, out); });
  }
  void closed(core::client::LinkId link, core::Instant now, core::client::Output& out) {
    ended(link, core::Direction::ToClient, now);
    watch(now, out, [&] { player_.closed(link, now, out); });
  }
  [[nodiscard]] std::optional<core::Instant> deadline() const noexcept {
    return player_.deadline();
  }
  void advance(core::Instant now, core::client::Output& out) {
    watch(now, out, [&] { player_.advance(now, out); });
  }
  void stop(core::Instant now, core::client::Output& out) {
    watch(now, out, [&] { player_.stop(now, out); });
  }
  [[nodiscard]] const core::replay::Player& player() const noexcept { return player_; }

 private:
  [[nodiscard]] core::ConnectionId connection(core::client::LinkId link) const noexcept {
    return core::ConnectionId{first_ + static_cast<std::uint64_t>(link)};
  }
  void carried(core::client::LinkId link, core::Direction direction, std::string_view bytes,
               core::Instant now) {
    std::string copy(bytes);
    see_({now, connection(link), core::capture::Bytes{direction, copy}});
  }
  void ended(core::client::LinkId link, core::Direction direction, core::Instant now) {
    see_({now, connection(link), core::capture::Ended{direction, core::StreamEnd::Fin}});
  }
  template <class Step>
  void watch(core::Instant now, core::client::Output& out, Step step) {
    std::size_t seen = out.actions.size();
    step();
    for (; seen < out.actions.size(); ++seen) {
      if (const auto* sent = std::get_if<core::client::SendBytes>(&out.actions[seen]))
        carried(sent->link, core::Direction::ToServer, sent->bytes, now);
      if (const auto* closed = std::get_if<core::client::CloseLink>(&out.actions[seen])) {
        ended(closed->link, core::Direction::ToServer, now);
        ended(closed->link, core::Direction::ToClient, now);
      }
    }
  }

  std::string address_, server_;
  std::uint64_t first_;
  See see_;
  core::replay::Player player_;
};

}  // namespace proxy::replay
