// Requests and their answers: what a session's polling is made of, and what opens a WebSocket.

#include <algorithm>
#include <utility>

#include "core/session/tracker.hpp"

namespace core::session {
namespace {

Event::Response no_response() noexcept {
  Event::Response response{};
  response.engine_error = -1;
  return response;
}

}  // namespace

std::string_view Tracker::cache_buster(const Event::Request& request) noexcept {
  if (request.transport != TransportName::Polling) return {};
  return {request.t, request.t_bytes};
}

void Tracker::on_request(const EventView& view, Connection& connection, Facts& out) {
  const Event& event = view.event;
  Exchange& exchange = connection.exchanges.emplace_back();
  exchange.number = event.request.exchange;
  exchange.request = event.request;
  exchange.at = event.at;
  exchange.upstream = connection.upstream;
  exchange.instead_of = connection.instead_of;
  exchange.asks_new = view.text.empty() && event.request.method == HttpMethod::Get;
  if (!view.text.empty()) {
    const auto found = by_engine_sid_.find(view.text);
    if (found != by_engine_sid_.end()) assign(exchange.session, found->second);
    exchange.unknown = found == by_engine_sid_.end();
  }

  Session* const session = exchange.session;
  if (session != nullptr && session->open) {
    if (session->poll_gets == 0)
      exchange.quiet = event.at - std::max(session->last_request, session->last_response);
    session->last_request = event.at;
    if (event.request.transport == TransportName::Polling &&
        event.request.method == HttpMethod::Post) {
      exchange.posts = true;
      exchange.overlaps = session->poll_posts != 0;
      ++session->poll_posts;
    }
    if (event.request.transport == TransportName::Polling &&
        event.request.method == HttpMethod::Get) {
      exchange.polls = true;
      exchange.overlaps = session->poll_gets != 0;
      ++session->poll_gets;
      out.push_back({.kind = FactKind::Poll,
                     .direction = Direction::ToServer,
                     .at = event.at,
                     .session = session});
    }
  }
  if (const std::string_view t = cache_buster(event.request); !t.empty()) {
    if (session != nullptr) session->release.observe(t, event.at);
    const SessionId other =
        realms_.request(event.request.fingerprint, t, event.connection, exchange.number,
                        session == nullptr ? SessionId::None : session->id);
    if (session != nullptr) same_realm(*session, other, event.at, out);
  }
}

void Tracker::on_response(const EventView& view, Connection& connection, Facts& out) {
  const Event& event = view.event;
  if (connection.websocket && connection.opening.number == event.response.exchange) {
    ExchangeFact& exchange = exchange_fact(connection.opening, event.response);
    exchange.raw = true;
    out.push_back({.kind = FactKind::Answered,
                   .at = event.at,
                   .session = connection.session,
                   .exchange = &exchange});
    return;
  }
  if (connection.exchanges.empty() ||
      connection.exchanges.front().number != event.response.exchange)
    return;
  Exchange& exchange = connection.exchanges.front();
  exchange.answered = true;
  const std::uint16_t status = event.response.status;
  const bool granted = status == 101 || (status >= 200 && status < 300);

  const bool known_revision = exchange.request.eio == 4 || exchange.request.eio == 3;
  if (granted && !known_revision && exchange.asks_new) {
    gap(nullptr, Unobserved::EngineIoVersion, 1, event.direction, event.at, out);
    ++gaps_[static_cast<std::size_t>(Unobserved::EngineIoVersion)].sessions;
  } else if (granted && exchange.unknown && known_revision) {
    gap(nullptr, Unobserved::UnknownSession, 1, event.direction, event.at, out);
  }
  out.push_back({.kind = FactKind::Answered,
                 .at = event.at,
                 .session = exchange.session,
                 .exchange = &exchange_fact(exchange, event.response)});
  if (Session* const session = exchange.session; session != nullptr && session->open) {
    constexpr std::int8_t kUnknownSid = 1;
    // A probe that is refused so leaves its client polling on.
    if (event.response.engine_error == kUnknownSid &&
        exchange.request.transport == TransportName::Polling)
      close(*session, CloseCause::UnknownToServer, event.at, out);
  }
  if (status == 101) {
    connection.websocket = true;
    connection.opening = exchange;
    connection.opening.session = nullptr;
    assign(connection.session, exchange.session);
    pop_exchange(connection);
  }
}

ExchangeFact& Tracker::exchange_fact(const Exchange& exchange,
                                     const Event::Response& response) noexcept {
  exchange_fact_ = {.request = exchange.request,
                    .response = response,
                    .asked = exchange.at,
                    .asks_new = exchange.asks_new,
                    .unknown_sid = exchange.unknown,
                    .overlaps = exchange.overlaps,
                    .quiet = exchange.quiet,
                    .upstream = exchange.upstream,
                    .instead_of = exchange.instead_of};
  return exchange_fact_;
}

/// What comes where no session is: a handshake that is none, or the refusal of one, raw among the
/// frames of its WebSocket; or the CONNECT of a client that does not wait for the handshake, as
/// some do that are written by hand, and which the server hears all the same.
void Tracker::on_no_session(const EventView& view, Connection& connection, Facts& out) {
  const Event& event = view.event;
  if (event.kind == EventKind::Connect && event.direction == Direction::ToServer &&
      connection.websocket && connection.opening.asks_new && !connection.early)
    connection.early = std::make_unique<EarlyConnect>(EarlyConnect{event, std::string(view.text)});
  // A `1` that says more is no close either: `116:0{...}` is a handshake of version 3.
  const bool is_none = event.kind == EventKind::EngineError ||
                       (event.kind == EventKind::EnginePacket && !view.text.empty());
  if (!is_none || event.direction != Direction::ToClient) return;
  const Exchange* const exchange = connection.websocket           ? &connection.opening
                                   : connection.exchanges.empty() ? nullptr
                                                                  : &connection.exchanges.front();
  if (exchange == nullptr || !exchange->asks_new) return;
  Event::Response response = no_response();
  response.status = connection.websocket ? 101 : 200;
  out.push_back({.kind = FactKind::NoHandshake,
                 .truncated = event.engine.truncated,
                 .at = event.at,
                 .session = nullptr,
                 .excerpt = view.text,
                 .exchange = &exchange_fact(*exchange, response)});
}

void Tracker::on_exchange_ended(const Event& event, Connection& connection) {
  if (!connection.exchanges.empty() &&
      connection.exchanges.front().number == event.exchange.exchange) {
    if (Session* const session = connection.exchanges.front().session; session != nullptr)
      session->last_response = event.at;
    pop_exchange(connection);
  }
}

void Tracker::pop_exchange(Connection& connection) noexcept {
  leave_poll(connection.exchanges.front());
  assign(connection.exchanges.front().session, nullptr);
  connection.exchanges.erase(connection.exchanges.begin());
}

void Tracker::assign(Session*& holder, Session* session) noexcept {
  if (holder != nullptr) --holder->held;
  holder = session;
  if (session != nullptr) ++session->held;
}

void Tracker::leave_poll(Exchange& exchange) noexcept {
  if (exchange.polls && exchange.session != nullptr && exchange.session->poll_gets != 0)
    --exchange.session->poll_gets;
  if (exchange.posts && exchange.session != nullptr && exchange.session->poll_posts != 0)
    --exchange.session->poll_posts;
  exchange.polls = exchange.posts = false;
}

/// Said once: by the side that ended first.
void Tracker::unanswered(const Event& event, Exchange& exchange, Facts& out) {
  if (std::exchange(exchange.abandoned, true)) return;
  out.push_back({.kind = FactKind::Unanswered,
                 .direction = event.direction,
                 .at = event.at,
                 .session = exchange.session,
                 .exchange = &exchange_fact(exchange, no_response())});
}

}  // namespace core::session
