#include "core/session/tracker.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"

namespace core::session {
namespace {

using namespace std::chrono_literals;

/// A polling session is given up by its server pingInterval + pingTimeout after its last poll was
/// answered; we allow for the way.
constexpr Duration kSilenceSlack = 1s;

Instant silent_at(const Session& session, Instant now) {
  const Duration patience = session.ping_interval + session.ping_timeout + kSilenceSlack;
  return (session.poll_gets != 0 ? now : session.last_request) + patience;
}

/// Who pings in v4 speaks v3, and the other way round. What a server sends so, clients ignore.
/// Source: engine.io 6, lib/socket.ts, onPacket(): "invalid heartbeat direction".
void wrong_heartbeat(const Event& event, Session& session, Facts& out) {
  if (event.direction == Direction::ToServer)
    out.push_back({.kind = FactKind::WrongHeartbeat,
                   .direction = event.direction,
                   .at = event.at,
                   .session = &session});
}

}  // namespace

void Tracker::observe(const EventView& view, Facts& out) {
  const Event& event = view.event;
  switch (event.kind) {
    case EventKind::Packet:
      return on_packet(view, out);
    case EventKind::StreamEnded:
      return on_stream_ended(event, out);
    case EventKind::Request: {
      Connection& connection = connections_[event.connection];
      check_sequence(event, connection);
      return on_request(view, connection, out);
    }
    case EventKind::Routed: {
      Connection& connection = connections_[event.connection];
      check_sequence(event, connection);
      connection.upstream = event.routed.upstream;
      connection.instead_of = event.routed.instead_of;
      return;
    }
    case EventKind::Unobserved:
      return on_gap(event, find_connection(event), out);
    case EventKind::Response:
      if (Connection* const connection = find_connection(event))
        on_response(view, *connection, out);
      return;
    case EventKind::ExchangeEnded:
      if (Connection* const connection = find_connection(event))
        on_exchange_ended(event, *connection);
      return;
    case EventKind::Handshake:
      if (Connection* const connection = find_connection(event))
        on_handshake(view, *connection, out);
      return;
    case EventKind::Connect:
    case EventKind::Binary:
    case EventKind::EnginePacket:
    case EventKind::EngineError:
    case EventKind::WebSocketError:
    case EventKind::WebSocketClosed:
    case EventKind::Large:
      return on_spoken(view, out);
  }
}

/// The open session whose sides exchanged this; nullptr when there is none, which was told.
[[gnu::always_inline]] inline Session* Tracker::speaking(const EventView& view,
                                                         Connection* connection, Facts& out) {
  const Event& event = view.event;
  if (connection == nullptr)
    return nullptr;  // Its request was lost with a ring overflow, which is reported.
  Session* const session = session_of(*connection, event.direction);
  if (session == nullptr) {
    on_no_session(view, *connection, out);
    return nullptr;
  }
  if (!session->open) return nullptr;
  (event.direction == Direction::ToServer ? session->heartbeat.heard_at
                                          : session->heartbeat.told_at) = event.at;
  return session;
}

void Tracker::on_packet(const EventView& view, Facts& out) {
  Session* const session = speaking(view, find_connection(view.event), out);
  if (session == nullptr || session->parser == Parser::Other) return;
  const Heard heard = conversation_.packet(view, *session, out);
  if (heard != Heard::Understood) [[unlikely]]
    not_understood(heard, view.event, *session, out);
}

void Tracker::not_understood(Heard heard, const Event& event, Session& session, Facts& out) {
  if (heard == Heard::GaveUp)
    return gap(&session, Unobserved::OversizeMessage, 1, event.direction, event.at, out);
  session.parser = Parser::Other;
  gap(&session, Unobserved::CustomParser, 1, event.direction, event.at, out);
}

/// All else that the two sides of a session tell each other.
void Tracker::on_spoken(const EventView& view, Facts& out) {
  const Event& event = view.event;
  Connection* const connection = find_connection(event);
  Session* const session = speaking(view, connection, out);
  if (session == nullptr) return;
  switch (event.kind) {
    case EventKind::EnginePacket:
      return on_engine(event, *connection, *session, out);
    case EventKind::EngineError:
      if (session->parser != Parser::Other) conversation_.engine_error(view, *session, out);
      return;
    case EventKind::WebSocketError:
      return conversation_.websocket_error(event, *session, out);
    case EventKind::Connect:
      return on_connect(view, *session, out);
    case EventKind::Binary: {
      if (session->parser == Parser::Other) return;
      const Heard heard = conversation_.binary(event, *session, out);
      if (heard != Heard::Understood) not_understood(heard, event, *session, out);
      return;
    }
    case EventKind::Large:
      out.push_back({.kind = FactKind::Large,
                     .direction = event.direction,
                     .truncated = event.large.truncated,
                     .at = event.at,
                     .session = session,
                     .excerpt = view.text,
                     .large = &event.large});
      return;
    case EventKind::WebSocketClosed:
      if (session->websocket != event.connection) {  // A probe that is given up.
        probe_ended(*session);
        return;
      }
      session->close_code = event.close.code;
      return close(*session,
                   event.direction == Direction::ToServer ? CloseCause::ClientClose
                                                          : CloseCause::ServerClose,
                   event.at, out);
    default:
      return;
  }
}

/// The connection of an event that follows others of its own.
Tracker::Connection* Tracker::find_connection(const Event& event) noexcept {
  if (latest_ == nullptr || latest_id_ != event.connection) {
    const auto found = connections_.find(event.connection);
    if (found == connections_.end()) return nullptr;
    latest_ = &found->second;
    latest_id_ = event.connection;
  }
  check_sequence(event, *latest_);
  return latest_;
}

/// Events of one connection come without a gap. Where one is missing (a ring overflowed, which is
/// reported), whatever was half seen is dropped rather than guessed.
void Tracker::check_sequence(const Event& event, Connection& connection) noexcept {
  const bool lost = event.sequence != connection.next_sequence;
  connection.next_sequence = event.sequence + 1;
  if (!lost) return;
  while (!connection.exchanges.empty()) pop_exchange(connection);
  connection.early.reset();
  if (connection.session == nullptr) return;
  for (Receiving& receiving : connection.session->receiving) {
    receiving.reconstructor.reset();
    receiving.pending.reset();
    receiving.malformed = true;  // Attachments of a header that was lost are no fault.
  }
}

Session* Tracker::session_of(Connection& connection, Direction direction) noexcept {
  if (connection.websocket) return connection.session;
  if (connection.exchanges.empty()) return nullptr;
  return direction == Direction::ToServer ? connection.exchanges.back().session
                                          : connection.exchanges.front().session;
}

// --- A session's life ---

void Tracker::on_handshake(const EventView& view, Connection& connection, Facts& out) {
  const Event& event = view.event;
  Exchange* const exchange = connection.websocket           ? &connection.opening
                             : connection.exchanges.empty() ? nullptr
                                                            : &connection.exchanges.front();
  if (exchange == nullptr || !exchange->asks_new) return;
  const bool full = live_.polling + live_.websocket >= limits::kLiveSessionsMax;
  if (short_of_memory_ || full) [[unlikely]] {
    if (by_engine_sid_.contains(view.text)) return;
    return gap(nullptr, short_of_memory_ ? Unobserved::MemoryLimit : Unobserved::SessionLimit, 1,
               event.direction, event.at, out);
  }

  auto owned = std::make_unique<Session>();
  Session& session = *owned;
  session.engine_sid = view.text;
  if (!by_engine_sid_.emplace(session.engine_sid, &session).second)
    return;  // A second `open` is ignored by clients.
  session.id = static_cast<SessionId>(++opened_);
  session.client = static_cast<ClientId>(opened_);
  session.opened = event.at;
  session.requested = exchange->at;
  session.upstream = exchange->upstream;
  session.last_request = exchange->at;
  session.ping_interval = std::chrono::milliseconds(event.handshake.ping_interval_ms);
  session.ping_timeout = std::chrono::milliseconds(event.handshake.ping_timeout_ms);
  session.max_payload = event.handshake.max_payload;
  session.offers_websocket = event.handshake.offers_websocket;
  session.fingerprint = exchange->request.fingerprint;
  session.client_key = exchange->request.client_key;
  session.eio = exchange->request.eio;
  session.parser = parser_;
  session.release.observe(cache_buster(exchange->request), exchange->at);
  exchange->asks_new = false;
  assign(connection.websocket ? connection.session : exchange->session, &session);
  if (connection.websocket) {
    session.websocket = event.connection;
    session.transport = TransportName::WebSocket;
    session.upgrade = UpgradeState::Upgraded;
    ++live_.websocket;
  } else {
    exchange->polls = true;  // Its own GET, until the response has passed.
    session.poll_gets = 1;
    ++live_.polling;
    silences_.push({silent_at(session, event.at), session.id});
  }
  settles_later(session);
  sessions_.emplace(session.id, std::move(owned));
  forget_closed(event.at);
  out.push_back({.kind = FactKind::Opened, .at = event.at, .session = &session});
  same_realm(session, realms_.opened(event.connection, exchange->number, session.id), event.at,
             out);
  early_ = std::move(connection.early);
  if (!early_) return;
  early_->event.at = event.at;  // Now it is heard.
  on_connect({early_->event, early_->text}, session, out);
}

void Tracker::on_connect(const EventView& view, Session& session, Facts& out) {
  if (session.parser == Parser::Other) return;
  conversation_.connect(view, session, out);
  // What the page clock of its handshake said could not count before it is anybody's successor.
  if (session.connecting == view.event.at)
    same_realm(session, std::exchange(session.same_page, SessionId::None), view.event.at, out);
}

void Tracker::on_engine(const Event& event, Connection& connection, Session& session, Facts& out) {
  const bool on_websocket = connection.websocket;
  const auto step = [&](UpgradeStep taken) {
    if (const auto state = next(session.upgrade, taken)) session.upgrade = *state;
  };
  const Direction pings = session.eio == 3 ? Direction::ToServer : Direction::ToClient;
  switch (event.engine.type) {
    case EnginePacketType::Ping:
      if (event.engine.probe) {
        if (!on_websocket || event.direction != Direction::ToServer) return;
        step(UpgradeStep::ProbePing);
        session.probed = true;
        out.push_back({.kind = FactKind::Probing,
                       .direction = event.direction,
                       .at = event.at,
                       .session = &session});
        return;
      }
      if (event.direction != pings) return wrong_heartbeat(event, session, out);
      session.heartbeat.ping(event.at);
      out.push_back(
          {.kind = FactKind::Ping, .direction = pings, .at = event.at, .session = &session});
      return;
    case EnginePacketType::Pong:
      if (event.engine.probe) return step(UpgradeStep::ProbePong);
      if (event.direction == pings) return wrong_heartbeat(event, session, out);
      if (!session.heartbeat.unanswered()) return;
      session.heartbeat.pong(event.at);
      out.push_back({.kind = FactKind::Pong,
                     .direction = event.direction,
                     .at = event.at,
                     .session = &session});
      return;
    case EnginePacketType::Upgrade:
      // Tracking follows what the peer did: a `5` on a WebSocket moves the session, probed or not.
      if (!on_websocket || event.direction != Direction::ToServer ||
          session.websocket != ConnectionId::None)
        return;
      step(UpgradeStep::UpgradePacket);
      session.upgrade = UpgradeState::Upgraded;
      session.transport = TransportName::WebSocket;
      session.websocket = event.connection;
      --live_.polling;
      ++live_.websocket;
      out.push_back({.kind = FactKind::Upgraded,
                     .direction = event.direction,
                     .at = event.at,
                     .session = &session});
      return;
    case EnginePacketType::Close:
      // Clients ignore a server's `1` on a WebSocket; what ends that session is its connection.
      if (event.direction == Direction::ToServer)
        return close(session, CloseCause::ClientClose, event.at, out);
      if (!on_websocket) return close(session, CloseCause::ServerClose, event.at, out);
      if (session.websocket == event.connection)
        out.push_back({.kind = FactKind::Dismissed,
                       .direction = event.direction,
                       .at = event.at,
                       .session = &session});
      return;
    case EnginePacketType::Open:
    case EnginePacketType::Message:
    case EnginePacketType::Noop:
      return;
  }
}

void Tracker::on_stream_ended(const Event& event, Facts& out) {
  const auto found = connections_.find(event.connection);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  const bool by_client = event.direction == Direction::ToServer;
  const CloseCause cause = by_client ? CloseCause::ClientGone : CloseCause::ServerGone;
  connection.ended[static_cast<std::size_t>(event.direction)] = true;

  if (Session* const session = connection.session;
      connection.websocket && session != nullptr && session->websocket == event.connection)
    session->parted[static_cast<std::size_t>(event.direction)] = event.at;

  if (connection.websocket && connection.session != nullptr && connection.session->open) {
    Session& session = *connection.session;
    if (session.websocket == event.connection) {
      close(session, cause, event.at, out);
    } else {
      probe_ended(session);
    }
  }
  // A poll cut off in the middle ends its session: either side takes it as a transport error. The
  // server's own end of stream may be what ends a response that has begun, unless it is a reset.
  for (Exchange& exchange : connection.exchanges) {
    Session* const session = exchange.session;
    const bool cut = by_client || event.stream.end == StreamEnd::Reset || !exchange.answered;
    if (cut && exchange.polls && session != nullptr && session->open &&
        session->transport == TransportName::Polling)
      close(*session, cause, event.at, out);
    if (cut) leave_poll(exchange);
    if (cut || !connection.ended[static_cast<std::size_t>(Direction::ToServer)])
      unanswered(event, exchange, out);
  }
  if (connection.ended[0] && connection.ended[1]) {
    if (Session* const session = connection.session;
        session != nullptr && session->websocket == event.connection)
      out.push_back({.kind = FactKind::Parted,
                     .direction = event.direction,
                     .at = event.at,
                     .session = session});
    while (!connection.exchanges.empty()) pop_exchange(connection);
    assign(connection.session, nullptr);
    latest_ = nullptr;
    connections_.erase(found);
  }
}

void Tracker::close(Session& session, CloseCause cause, Instant at, Facts& out) {
  if (!session.open) return;
  session.open = false;
  session.cause = cause;
  session.closed = at;
  --(session.transport == TransportName::Polling ? live_.polling : live_.websocket);
  for (Receiving& receiving : session.receiving) receiving.pending.reset();
  probe_ended(session);
  settles_never(session);
  closed_.push_back(session.id);
  out.push_back({.kind = FactKind::Closed,
                 .direction = by_client(cause) ? Direction::ToServer : Direction::ToClient,
                 .at = at,
                 .session = &session});
}

/// The WebSocket of a probe is over, or its session: unless it got as far as the `5`, nothing came
/// of it.
void Tracker::probe_ended(Session& session) noexcept {
  const auto state = next(session.upgrade, UpgradeStep::WebSocketClosed);
  if (!state) return;
  session.upgrade = *state;
  ++abandoned_upgrades_;
}

void Tracker::forget_closed(Instant now) {
  const Duration memory =
      short_of_memory_ && gaps_[static_cast<std::size_t>(Unobserved::MemoryLimit)].count != 0
          ? limits::kClosedSessionMemoryShort
          : limits::kClosedSessionMemory;
  while (!closed_.empty()) {
    const auto found = sessions_.find(closed_.front());
    Session& session = *found->second;
    if (closed_.size() <= limits::kClosedSessionsMax && session.closed + memory > now) return;
    closed_.pop_front();
    if (session.held !=
        0) {  // A connection outlives it: look again when the others of its age are gone.
      closed_.push_back(session.id);
      return;
    }
    by_engine_sid_.erase(session.engine_sid);
    sessions_.erase(found);
  }
}

// --- Gaps, realms, time ---

void Tracker::on_gap(const Event& event, Connection* connection, Facts& out) {
  Session* session = nullptr;
  if (connection != nullptr) session = session_of(*connection, event.direction);
  gap(session, event.unobserved.reason, event.unobserved.count, event.direction, event.at, out);
  // Nobody will see how what was asked there went on.
  if (event.unobserved.reason == Unobserved::MemoryLimit && connection != nullptr &&
      !connection->websocket)
    while (!connection->exchanges.empty()) pop_exchange(*connection);
  GapCount& total = gaps_[static_cast<std::size_t>(event.unobserved.reason)];
  if (total.detail == 0 && event.unobserved.detail != 0) {
    total.direction = event.direction;
    total.offset_bytes = event.unobserved.offset_bytes;
    total.detail = event.unobserved.detail;
  }
}

bool Tracker::knows_all_sessions() const noexcept {
  const auto none = [this](Unobserved reason) {
    return gaps_[static_cast<std::size_t>(reason)].count == 0;
  };
  return none(Unobserved::MemoryLimit) && none(Unobserved::SessionLimit) &&
         none(Unobserved::RingOverflow) && none(Unobserved::CaptureHole);
}

void Tracker::gap(Session* session, Unobserved reason, std::uint32_t count, Direction direction,
                  Instant at, Facts& out) {
  GapCount& total = gaps_[static_cast<std::size_t>(reason)];
  total.count += count;
  if (session == nullptr) {
    // Each of these was one that we did not begin to follow.
    if (reason == Unobserved::MemoryLimit) total.sessions += count;
    return;
  }
  const std::uint32_t bit = 1U << static_cast<unsigned>(reason);
  if ((session->gaps & bit) == 0) ++total.sessions;
  session->gaps |= bit;
  out.push_back(
      {.kind = FactKind::Gap, .direction = direction, .gap = reason, .at = at, .session = session});
}

void Tracker::same_realm(Session& session, SessionId other_id, Instant at, Facts& out) {
  if (other_id == SessionId::None) return;
  Session* const other = find(other_id);
  if (other == nullptr) return;
  if (session.connecting == Instant{}) session.same_page = other_id;
  out.push_back({.kind = FactKind::SameRealm, .at = at, .session = &session, .other = other});
}

// --- Age ---

void Tracker::settles_later(Session& session) noexcept {
  session.older = youngest_;
  (youngest_ == nullptr ? oldest_ : youngest_->younger) = &session;
  youngest_ = &session;
}

void Tracker::settles_never(Session& session) noexcept {
  if (session.older == nullptr && session.younger == nullptr && oldest_ != &session) return;
  (session.older == nullptr ? oldest_ : session.older->younger) = session.younger;
  (session.younger == nullptr ? youngest_ : session.younger->older) = session.older;
  session.older = session.younger = nullptr;
}

std::vector<SessionId> Tracker::all() const {
  std::vector<SessionId> ids;
  ids.reserve(sessions_.size());
  for (const auto& [id, session] : sessions_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

Session* Tracker::find(SessionId id) noexcept {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

Instant Tracker::deadline() const noexcept {
  const Instant silence = silences_.empty() ? Instant::max() : silences_.top().at;
  return oldest_ == nullptr ? silence : std::min(silence, oldest_->opened + limits::kSettledAge);
}

void Tracker::advance(Facts& out) {
  if (oldest_ != nullptr && oldest_->opened + limits::kSettledAge == deadline()) {
    Session& session = *oldest_;
    settles_never(session);
    out.push_back(
        {.kind = FactKind::Aged, .at = session.opened + limits::kSettledAge, .session = &session});
    return;
  }
  const Silence due = silences_.top();
  silences_.pop();
  Session* const session = find(due.session);
  if (session != nullptr && session->open && session->transport == TransportName::Polling) {
    const Instant at = silent_at(*session, due.at);
    if (at > due.at) {
      silences_.push({at, session->id});
    } else {
      close(*session, CloseCause::Silence, due.at, out);
    }
  }
}

}  // namespace core::session
