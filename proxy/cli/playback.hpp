#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "core/capture/recording.hpp"
#include "core/event_buffer.hpp"
#include "core/tap/tap.hpp"
#include "rules/analysis.hpp"

namespace proxy::cli {

/// A recording, run through what a live proxy runs its traffic through: a tap a connection, and one
/// analysis over all. Records come out as they arise, in the order and at the instants at which
/// they would have then.
class Playback {
 public:
  using RecordSink = std::function<void(const rules::Record&)>;

  /// @param settings Outlive it.
  Playback(const core::tap::Settings& settings, const rules::Settings& rules, RecordSink sink)
      : settings_(settings), analysis_(rules), sink_(std::move(sink)) {}

  /// What becomes of the item's connection.
  enum class Wanted : std::uint8_t { More, EndOnly };
  /// Items come in a recording's order. Their bytes are overwritten.
  [[nodiscard]] Wanted play(const core::capture::Item& item);
  /// The recording is over: the analysis ends.
  void finish(core::Instant at);

  [[nodiscard]] rules::Tally tally() const { return analysis_.tally(); }
  /// Connections that began with a TLS handshake, in which nothing can be read.
  [[nodiscard]] std::uint64_t encrypted() const noexcept { return encrypted_; }

 private:
  struct Connection {
    core::tap::Tap tap;
    bool began = false;
    std::array<bool, 2> ended{};  ///< by Direction
  };

  void hand_on();

  const core::tap::Settings& settings_;
  rules::Analysis analysis_;
  RecordSink sink_;
  std::unordered_map<core::ConnectionId, Connection> connections_;
  core::EventBuffer events_;
  core::Instant latest_{};
  std::uint64_t encrypted_ = 0;
};

}  // namespace proxy::cli
