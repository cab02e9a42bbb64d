#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/session/conversation.hpp"
#include "core/session/fact.hpp"
#include "core/session/realm.hpp"
#include "core/session/session.hpp"

namespace core::session {

/// Follows Engine.IO sessions across their connections: events in, facts out. Owns every session it
/// speaks of; a closed one stays for limits::kClosedSessionMemory.
///
/// How it works. A connection is either HTTP, with a queue of exchanges of which each belongs to a
/// session, or one WebSocket. An event finds its session through its connection: what the client
/// sends belongs to the youngest exchange, what the server sends to the oldest, since HTTP/1.1
/// answers in order.
class Tracker {
 public:
  /// @param parser What every session speaks; Unknown: as its first word tells.
  explicit Tracker(Parser parser = Parser::Unknown) noexcept : parser_(parser) {}

  /// Events come ordered by (at, connection, sequence). Facts are appended.
  void observe(const EventView& event, Facts& out);
  /// When it next wants the time; Instant::max() when it does not.
  [[nodiscard]] Instant deadline() const noexcept;
  /// The earliest deadline falls due, at its own instant.
  void advance(Facts& out);

  /// While memory is short, new sessions go unobserved (MemoryLimit), and ended ones are forgotten
  /// soon.
  void set_short_of_memory(bool short_of_memory) noexcept { short_of_memory_ = short_of_memory; }
  /// Forgets the ended sessions whose time has come.
  void forget(Instant now) { forget_closed(now); }

  /// A session that is live or remembered, or nullptr.
  [[nodiscard]] Session* find(SessionId id) noexcept;
  /// The ids of all of them, oldest first. Not for the hot path.
  [[nodiscard]] std::vector<SessionId> all() const;

  struct Live {
    std::size_t polling = 0;
    std::size_t websocket = 0;
  };
  [[nodiscard]] Live live() const noexcept { return live_; }
  [[nodiscard]] std::uint64_t sessions() const noexcept { return opened_; }
  /// Probes that led nowhere: their WebSocket, or their session, ended before the `5`.
  [[nodiscard]] std::uint64_t abandoned_upgrades() const noexcept { return abandoned_upgrades_; }

  /// Traffic that went by undecoded, by reason.
  struct GapCount {
    std::uint64_t sessions = 0;
    std::uint64_t count = 0;
    /// Of the first one that has a place on the wire (`detail` is not 0).
    Direction direction = Direction::ToServer;
    std::uint64_t offset_bytes = 0;
    std::uint8_t detail = 0;
  };
  static constexpr std::size_t kGapReasons =
      static_cast<std::size_t>(Unobserved::JoinedMidStream) + 1;
  /// Whether every session that began under this watch is known: none was left out for want of
  /// memory or room, and nothing was lost. If not, what is not there proves nothing.
  [[nodiscard]] bool knows_all_sessions() const noexcept;
  [[nodiscard]] const std::array<GapCount, kGapReasons>& gaps() const noexcept { return gaps_; }

 private:
  struct Exchange {
    std::uint32_t number = 0;
    Session* session = nullptr;  ///< nullptr: not one of ours (yet)
    Event::Request request{};
    Instant at;
    bool asks_new = false;   ///< without a sid: its answer is a handshake
    bool unknown = false;    ///< its sid is not ours
    bool polls = false;      ///< counted in Session::poll_gets
    bool posts = false;      ///< counted in Session::poll_posts
    bool overlaps = false;   ///< came while another of its kind was pending in its session
    bool answered = false;   ///< its answer has begun
    bool abandoned = false;  ///< told as Unanswered
    Duration quiet{};        ///< ExchangeFact's; so are the next two
    std::uint8_t upstream = 0;
    std::uint8_t instead_of = 0;
  };
  /// A client's CONNECT that went ahead of the handshake: there is no session yet that it is of.
  struct EarlyConnect {
    Event event;
    std::string text;
  };
  struct Connection {
    std::vector<Exchange> exchanges;  ///< oldest first; seldom more than one
    Session* session = nullptr;       ///< once it is a WebSocket
    Exchange opening{};               ///< the request that made it one
    std::unique_ptr<EarlyConnect> early;
    std::uint32_t next_sequence = 0;  ///< of its next event; a jump says that events were lost
    std::uint8_t upstream = 0;        ///< Event::Routed's
    std::uint8_t instead_of = 0;      ///< likewise
    bool websocket = false;
    bool ended[2] = {false, false};
  };

  [[nodiscard]] Connection* find_connection(const Event& event) noexcept;
  [[nodiscard]] Session* session_of(Connection& connection, Direction direction) noexcept;
  void check_sequence(const Event& event, Connection& connection) noexcept;
  [[nodiscard]] Session* speaking(const EventView& view, Connection* connection, Facts& out);
  void on_packet(const EventView& view, Facts& out);
  void on_spoken(const EventView& view, Facts& out);
  void not_understood(Heard heard, const Event& event, Session& session, Facts& out);
  void on_handshake(const EventView& event, Connection& connection, Facts& out);
  void on_connect(const EventView& event, Session& session, Facts& out);
  void on_engine(const Event& event, Connection& connection, Session& session, Facts& out);
  void on_stream_ended(const Event& event, Facts& out);
  void on_gap(const Event& event, Connection* connection, Facts& out);

  void settles_later(Session& session) noexcept;
  void settles_never(Session& session) noexcept;
  void gap(Session* session, Unobserved reason, std::uint32_t count, Direction direction,
           Instant at, Facts& out);
  void close(Session& session, CloseCause cause, Instant at, Facts& out);
  void probe_ended(Session& session) noexcept;
  void same_realm(Session& session, SessionId other, Instant at, Facts& out);
  void forget_closed(Instant now);

  // tracker_exchanges.cpp
  void on_request(const EventView& event, Connection& connection, Facts& out);
  void on_response(const EventView& event, Connection& connection, Facts& out);
  void on_no_session(const EventView& view, Connection& connection, Facts& out);
  void on_exchange_ended(const Event& event, Connection& connection);
  /// The `t` of a polling request; empty when it has none.
  [[nodiscard]] static std::string_view cache_buster(const Event::Request& request) noexcept;
  [[nodiscard]] ExchangeFact& exchange_fact(const Exchange& exchange,
                                            const Event::Response& response) noexcept;
  void assign(Session*& holder, Session* session) noexcept;
  void leave_poll(Exchange& exchange) noexcept;
  void unanswered(const Event& event, Exchange& exchange, Facts& out);
  void pop_exchange(Connection& connection) noexcept;

  std::unordered_map<SessionId, std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::string_view, Session*>
      by_engine_sid_;  ///< keys borrow Session::engine_sid
  std::unordered_map<ConnectionId, Connection> connections_;
  /// The one that was looked up last: the events of one read come in a row.
  Connection* latest_ = nullptr;
  ConnectionId latest_id_{};
  std::deque<SessionId> closed_;  ///< oldest first
  RealmFinder realms_;
  Conversation conversation_;
  ExchangeFact exchange_fact_;           ///< what the latest Answered or NoHandshake borrows
  std::unique_ptr<EarlyConnect> early_;  ///< what the latest Connecting borrows, if that was early

  struct Silence {
    Instant at;
    SessionId session;
    bool operator>(const Silence& other) const noexcept {
      return at != other.at ? at > other.at : session > other.session;
    }
  };
  /// Open sessions that have not settled yet, a list through Session::older and younger.
  Session* oldest_ = nullptr;
  Session* youngest_ = nullptr;

  /// One entry a polling session; a stale one is put back at its new instant.
  std::priority_queue<Silence, std::vector<Silence>, std::greater<>> silences_;

  Parser parser_;
  Live live_;
  bool short_of_memory_ = false;
  std::uint64_t opened_ = 0;
  std::uint64_t abandoned_upgrades_ = 0;
  std::array<GapCount, kGapReasons> gaps_{};
};

}  // namespace core::session
