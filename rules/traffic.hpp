#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/direction.hpp"
#include "core/session/fact.hpp"
#include "core/session/session.hpp"
#include "rules/histogram.hpp"

namespace rules {

/// What the sessions did, in numbers, for whoever draws graphs of it. Its size is fixed: everything
/// is told apart by our own enums, never by what stands on the wire. A message costs one addition.
struct Traffic {
  /// Packets of sessions that are followed, as their receiver reads them.
  enum class Packet : std::uint8_t {
    Connect,  ///< asked for, or granted
    Disconnect,
    Event,  ///< with its attachments
    Ack,
    ConnectError,
    Ping,
    Pong,
    Upgrade,
    Malformed,  ///< the receiver's parser throws
  };
  static constexpr std::size_t kPackets = static_cast<std::size_t>(Packet::Malformed) + 1;

  /// How a session ended: core::session::CloseCause, and whether the server had lost patience.
  enum class Outcome : std::uint8_t {
    ClientClose,
    ClientGone,
    ServerClose,
    ServerGone,
    HeartbeatTimeout,  ///< the server ended it after it had waited in vain for its client
    UnknownToServer,
    Silence,
  };
  static constexpr std::size_t kOutcomes = static_cast<std::size_t>(Outcome::Silence) + 1;

  /// Why a request was refused, or a handshake did not come about.
  enum class Refusal : std::uint8_t {
    Code0,  ///< Engine.IO's own codes, 0 to 5
    Code1,
    Code2,
    Code3,
    Code4,
    Code5,
    OtherCode,    ///< an Engine.IO error of another code
    Http,         ///< HTTP 400 or more, without an Engine.IO error
    NoHandshake,  ///< 200, and something else
    Unanswered,   ///< the connection ended first
  };
  static constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::Unanswered) + 1;

  /// What came of an attempt to change from polling to WebSocket.
  enum class Upgrade : std::uint8_t {
    Completed,
    Abandoned,  ///< its WebSocket was opened, and the session stayed on polling or ended
    Refused,    ///< the WebSocket was not opened
  };
  static constexpr std::size_t kUpgrades = static_cast<std::size_t>(Upgrade::Refused) + 1;

  /// Bounds of OpenTelemetry's `signalr.server.connection.duration`, and two more: a WebSocket is
  /// made to last.
  static constexpr std::size_t kDurationBounds = 16;
  using Durations = Histogram<kDurationBounds>;
  static constexpr Durations::Bounds kDurations = [] {
    using namespace std::chrono_literals;
    return Durations::Bounds{10ms, 20ms, 50ms, 100ms, 200ms, 500ms, 1s,    2s,
                             5s,   10s,  30s,  60s,   120s,  300s,  1800s, 7200s};
  }();
  static constexpr std::size_t kLatencyBounds = 14;
  using Latencies = Histogram<kLatencyBounds>;
  static constexpr Latencies::Bounds kLatencies = [] {
    using namespace std::chrono_literals;
    return Latencies::Bounds{1ms,   2ms,   5ms, 10ms,   25ms, 50ms, 100ms,
                             250ms, 500ms, 1s,  2500ms, 5s,   10s,  30s};
  }();

  std::array<std::array<std::uint64_t, 2>, kPackets> packets{};  ///< by type, then Direction
  /// Of the sessions that ended, by Outcome, then whether it was a WebSocket at the end.
  std::array<std::array<Durations, 2>, kOutcomes> sessions{};
  std::array<std::uint64_t, kRefusals> refusals{};
  std::array<std::uint64_t, kUpgrades> upgrades{};
  /// From an EVENT to its ACK, by the Direction of the EVENT. Told by ack::Unanswered.
  std::array<Latencies, 2> acks{};

  void observe(const core::session::Fact& fact) noexcept {
    using core::session::FactKind;
    if (fact.kind == FactKind::Message) [[likely]]
      return count(fact.message->ack ? Packet::Ack : Packet::Event, fact);
    observe_rare(fact);
  }

 private:
  void observe_rare(const core::session::Fact& fact) noexcept;
  void refused(const core::session::Fact& fact) noexcept;
  void count(Packet packet, const core::session::Fact& fact) noexcept {
    ++packets[static_cast<std::size_t>(packet)][core::index_of(fact.direction)];
  }
};

/// The word that metrics use.
[[nodiscard]] std::string_view name(Traffic::Packet packet) noexcept;
[[nodiscard]] std::string_view name(Traffic::Outcome outcome) noexcept;
[[nodiscard]] std::string_view name(Traffic::Refusal refusal) noexcept;
[[nodiscard]] std::string_view name(Traffic::Upgrade upgrade) noexcept;

}  // namespace rules
