#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/capture/recording.hpp"
#include "core/event_buffer.hpp"
#include "core/tap/tap.hpp"
#include "rules/analysis.hpp"

namespace proxy::cli {

/// A recording, run through what a live proxy runs its traffic through: a tap a connection, and one
/// analysis over all. Records come out as they arise, in the order and at the instants at which
/// they would have then.
///
/// A capture may see the same bytes twice: in front of a reverse proxy and behind it. A server that
/// hands out a sid which another handed out before is such a second view, and is left out.
class Playback {
 public:
  using RecordSink = std::function<void(const rules::Record&)>;

  /// @param settings Outlive it.
  /// @param server `HOST:PORT` or `PORT`: whose connections alone are looked at; empty for all.
  Playback(const core::tap::Settings& settings, const rules::Settings& rules, std::string server,
           RecordSink sink)
      : settings_(settings), analysis_(rules), server_(std::move(server)), sink_(std::move(sink)) {}

  /// What becomes of the item's connection.
  enum class Wanted : std::uint8_t { More, EndOnly };
  /// Items come in a recording's order. Their bytes are overwritten.
  [[nodiscard]] Wanted play(const core::capture::Item& item);
  /// Whether it is one of those that are analysed.
  [[nodiscard]] bool follows(core::ConnectionId connection) const {
    return connections_.contains(connection);
  }
  /// The recording is over: the analysis ends.
  /// @param command_ended When the watched command did; default: there was none.
  void finish(core::Instant at, core::Instant command_ended = {});

  [[nodiscard]] rules::Tally tally() const { return analysis_.tally(); }
  /// As rules::Analysis::clients().
  [[nodiscard]] auto clients() const { return analysis_.clients(); }
  /// Time has come to `now`, and nothing came before it that was not played.
  void advance(core::Instant now);
  /// Connections that began with a TLS handshake, in which nothing can be read.
  [[nodiscard]] std::uint64_t encrypted() const noexcept { return encrypted_; }
  /// A server whose sessions pass through another, which stands in front of it.
  struct Front {
    std::string server;
    std::string front;  ///< left out
  };
  [[nodiscard]] const std::vector<Front>& fronts() const noexcept { return fronts_; }

 private:
  struct Connection {
    core::tap::Tap tap;
    std::string server;
    bool began = false;
    bool introduces = false;      ///< its client is trusted, and may begin with a PROXY preamble
    std::string held = {};        ///< what it began with, while that may be one
    std::array<bool, 2> ended{};  ///< by Direction
  };

  [[nodiscard]] bool is_wanted(std::string_view server) const noexcept;
  /// Whether a handshake says that the connection is a second view.
  [[nodiscard]] bool is_second_view(const core::EventView& event, const std::string& server);
  /// What the tap is to see of what a trusted client began with: what lies behind its preamble,
  /// once that is whole.
  [[nodiscard]] std::span<char> behind_preamble(Connection& connection, std::span<char> bytes,
                                                core::Instant at);
  /// No more comes of a preamble that was held.
  void let_go(Connection& connection, core::Instant at);
  void hand_on(const std::string& server);

  const core::tap::Settings& settings_;
  rules::Analysis analysis_;
  std::string server_;
  RecordSink sink_;
  std::unordered_map<core::ConnectionId, Connection> connections_;
  std::unordered_map<std::string, std::string> handed_out_;  ///< sids, and by which server
  std::set<std::string, std::less<>> left_out_;              ///< servers
  std::vector<Front> fronts_;
  core::EventBuffer events_;
  core::Instant latest_{};
  std::uint64_t encrypted_ = 0;
};

}  // namespace proxy::cli
