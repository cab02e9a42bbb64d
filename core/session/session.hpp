#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/instant.hpp"
#include "core/session/grade.hpp"
#include "core/session/heartbeat.hpp"
#include "core/session/release.hpp"
#include "core/session/upgrade.hpp"
#include "core/socketio/reconstructor.hpp"

namespace core::session {

/// Why a session is over, as the wire shows it.
enum class CloseCause : std::uint8_t {
  ClientClose,  ///< the client said so: Engine.IO `1`, or a WebSocket Close frame
  ClientGone,   ///< its stream ended or was reset without a word
  ServerClose,  ///< the server said so
  ServerGone,
  UnknownToServer,  ///< the server answered "Session ID unknown"
  Silence,          ///< polling only: no request for so long that the server has given up
};
[[nodiscard]] constexpr bool by_client(CloseCause cause) noexcept {
  return cause == CloseCause::ClientClose || cause == CloseCause::ClientGone;
}

/// One namespace of one session: a Socket.
struct Namespace {
  std::uint32_t hash = 0;
  bool connected = false;
  bool left = false;                ///< either side said so (`41`), or it was refused (`44`)
  std::uint32_t first_ack = kNoId;  ///< first ack id that the client used; kNoId: none
  std::uint32_t last_ack = kNoId;
  std::uint64_t pid = 0;  ///< recovery id that the server gave, hashed; 0: recovery is off
  std::uint64_t presented_pid = 0;     ///< ... that the client asked to be recovered by
  std::uint32_t presented_offset = 0;  ///< ... from that offset on, hashed; 0: none
  std::uint32_t delivered = 0;         ///< EVENTs sent to the client so far, replays included
  std::string name;
  std::string socket_sid;
};

/// A binary packet whose attachments are still on their way.
struct PendingBinary {
  Event::Packet header;
  std::uint64_t content = 0;  ///< attachments' hashes so far, in order
  Instant at;
  std::string excerpt;
  bool truncated = false;
};

/// One direction's decoder, as the receiving side has it.
struct Receiving {
  socketio::Reconstructor reconstructor;
  bool malformed = false;  ///< something was refused before; later stray attachments belong to it
  std::unique_ptr<PendingBinary> pending;
};

/// How the packets of a session are written.
enum class Parser : std::uint8_t {
  Unknown,  ///< nobody who can tell has spoken yet
  Json,     ///< socket.io-parser, the default
  MsgPack,  ///< socket.io-msgpack-parser
  Other,    ///< one of the application's own, or Engine.IO alone: tracked, not decoded
};

/// One Engine.IO session across its connections.
struct Session {
  SessionId id = SessionId::None;
  ClientId client = ClientId::None;
  std::string engine_sid;
  TransportName transport = TransportName::Polling;
  UpgradeState upgrade = UpgradeState::Polling;
  bool open = true;
  std::uint8_t eio = 4;  ///< protocol revision, 3 or 4
  std::uint8_t upstream =
      0;  ///< which of several granted it, counted from 1; 0: as in ExchangeFact
  Parser parser = Parser::Unknown;
  CloseCause cause = CloseCause::ClientClose;  ///< once closed
  std::uint8_t poll_gets = 0;                  ///< GETs in flight
  std::uint8_t poll_posts = 0;                 ///< POSTs in flight
  std::uint32_t held =
      0;  ///< connections and exchanges that point here: not forgotten before they end
  std::uint32_t gaps = 0;  ///< bit set of Unobserved reasons met

  bool offers_websocket = false;  ///< its handshake did
  bool probed = false;            ///< it tried a WebSocket at least once
  std::uint16_t close_code = 0;   ///< of the Close frame that ended it; 0: none, 1005: one without
  std::uint16_t life = 1;         ///< 1, or one more than its predecessor's
  std::uint64_t max_payload = 0;  ///< bytes that its server takes at once; 0: it did not say

  Duration ping_interval{};
  Duration ping_timeout{};
  Instant opened{};
  Instant requested{};   ///< its handshake request: what a back-off window is compared with
  Instant connecting{};  ///< its first CONNECT, in v3 the server's; default: none yet
  Instant closed{};
  Instant last_request{};   ///< polling: latest request
  Instant last_response{};  ///< ... and when the latest response had passed
  /// When each side's end of its WebSocket connection came, by Direction; default: not yet.
  std::array<Instant, 2> parted{};
  Heartbeat heartbeat;
  Release release;

  std::uint64_t fingerprint = 0;
  std::uint64_t client_key = 0;  ///< 0: none configured, or absent
  std::uint64_t auth = 0;        ///< of its first CONNECT, hashed; 0: empty
  ConnectionId websocket = ConnectionId::None;
  /// The session that its client had before, as far as known, and how we know.
  SessionId predecessor = SessionId::None;
  Grade continues = Grade::None;
  /// Came from the same page, as its own handshake request told: said again at its CONNECT, since
  /// only then it counts as somebody's successor.
  SessionId same_page = SessionId::None;

  /// What rules remember of a session, for as long as it is remembered. Theirs alone.
  struct Memory {
    virtual ~Memory() = default;
  };
  std::unique_ptr<Memory> memory;
  /// Neighbours among the open sessions that have not settled yet; Tracker's.
  Session* older = nullptr;
  Session* younger = nullptr;

  std::vector<Namespace> namespaces;
  std::array<Receiving, 2> receiving;  ///< by Direction

  [[nodiscard]] Namespace* find_namespace(std::uint32_t hash) noexcept {
    for (Namespace& ns : namespaces)
      if (ns.hash == hash) return &ns;
    return nullptr;
  }
  /// Whether every namespace was left in words. Stock clients do not come back from that by
  /// themselves.
  [[nodiscard]] bool said_goodbye() const noexcept {
    for (const Namespace& ns : namespaces)
      if (!ns.left) return false;
    return !namespaces.empty();
  }
  /// From the server's handshake to the client's first word: at least one round trip.
  /// Zero while unknown, and in v3, where the first word is the server's.
  [[nodiscard]] Duration round_trip() const noexcept {
    return connecting == Instant{} || eio == 3 ? Duration{} : connecting - opened;
  }
  /// Whether a server that ends the session now has waited in vain for a sign of its client: for
  /// the pong to its ping; in v3, where clients ping, for any packet. Source: engine.io 6 and 3.6,
  /// Socket.
  [[nodiscard]] bool given_up(Instant at) const noexcept {
    constexpr Duration kSlack = std::chrono::milliseconds(50);
    if (eio == 3)
      return at + kSlack >= std::max(opened, heartbeat.heard_at) + ping_interval + ping_timeout;
    return heartbeat.unanswered() && at + kSlack >= heartbeat.ping_at + ping_timeout;
  }
};

}  // namespace core::session
