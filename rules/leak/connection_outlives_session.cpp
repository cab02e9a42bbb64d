#include "rules/leak/connection_outlives_session.hpp"

#include <chrono>

#include <utility>
#include "core/limits.hpp"

namespace rules::leak {

using core::ConnectionId;
using core::Direction;
using core::Instant;
using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;
using namespace std::chrono_literals;

const Description ConnectionOutlivesSession::kDescription{
    .id = "leak/connection-outlives-session",
    .severity = Severity::Error,
    .summary = "A session is over, and the server keeps its connection open.",
    .why =
        "Nobody uses the connection any more and nothing will end it: sockets and their memory "
        "pile up until the process has no file descriptors left.",
    .proof =
        "A Close frame of either side, a `1` of the server's, or a ping that the server waited for "
        "in vain, and 32 s later the server's end of the WebSocket connection has not come: "
        "certain.",
    .silent =
        "The server ended its connection, whoever else did not; it speaks on after a `1`; the "
        "session polls.",
    .remedy =
        "Update the server's WebSocket library: after a Close it has to end the connection itself, "
        "at the latest when the other side's Close does not come (`ws` waits 30 s).",
    .source = "RFC 6455, section 7.1.1; socketio/socket.io#1910; socketio/engine.io#33",
};

namespace {

constexpr auto kPatience = 32s;

enum Look : std::uint64_t { kOver = 0, kDismissed = 1, kHeartbeat = 2, kLooks = 3 };
/// Of the alarm for all that are over: no session has this number.
constexpr std::uint64_t kOverKey = kOver;

std::uint64_t key_of(const Session& session, Look look) noexcept {
  return static_cast<std::uint64_t>(session.id) * kLooks + look;
}

Instant server_end(const Session& session) noexcept {
  return session.parted[static_cast<std::size_t>(Direction::ToClient)];
}

}  // namespace

void ConnectionOutlivesSession::observe(const Fact& fact) {
  const Session& session = *fact.session;
  if (session.websocket == ConnectionId::None) return;
  switch (fact.kind) {
    case FactKind::Aged:  // Sessions that come and go need no alarm.
      return wake_me(fact.at, key_of(session, kHeartbeat));
    case FactKind::Upgraded:
      if (fact.at >= session.opened + core::limits::kSettledAge) look(session, fact.at);
      return;
    case FactKind::Dismissed:
      return wake_me(fact.at + kPatience, key_of(session, kDismissed));
    default:
      if (has_told(session)) return settle(session.id);
      if (session.cause == CloseCause::ClientClose || session.cause == CloseCause::ServerClose)
        expect_end(session, fact.at);
      return;
  }
}

void ConnectionOutlivesSession::expect_end(const Session& session, Instant at) {
  if (ended_.empty()) wake_me(at + kPatience, kOverKey);
  if (ended_.size() == core::limits::kClosedSessionsMax) ended_.pop_front();
  ended_.emplace_back(at + kPatience, session.id);
}

void ConnectionOutlivesSession::look_at_ended(Instant at) {
  for (; !ended_.empty() && ended_.front().first <= at; ended_.pop_front()) {
    const Session* const session = context_.tracker.find(ended_.front().second);
    if (session == nullptr || server_end(*session) != Instant{} || has_told(*session)) continue;
    tell_it(*session, at, at - kPatience, end_of(*session, "the session ends"));
  }
  if (!ended_.empty()) wake_me(ended_.front().first, kOverKey);
}

/// When to see whether its heartbeat went unanswered for too long.
void ConnectionOutlivesSession::look(const Session& session, Instant at) {
  wake_me(at + session.ping_interval + session.ping_timeout + kPatience,
          key_of(session, kHeartbeat));
}

void ConnectionOutlivesSession::due(Instant at, std::uint64_t key) {
  if (key == kOverKey) return look_at_ended(at);
  const Session* const session = session_of(key / kLooks);
  if (session == nullptr || server_end(*session) != Instant{} || has_told(*session)) return;
  const Instant since = at - kPatience;
  switch (static_cast<Look>(key % kLooks)) {
    case kDismissed:
      if (!session->open || session->heartbeat.told_at > since) return;
      return tell_it(*session, at, since,
                     {since, Direction::ToClient, session->id, What::Close, "1", false,
                      "the server says that it closes"});
    default:
      if (!session->open) return;
      // What was unread may have been the pong, and a server that speaks on has not given up.
      if (!session->given_up(since) || session->gaps != 0 || session->heartbeat.told_at > since)
        return look(*session, at - kPatience);
      return tell_it(*session, at, since,
                     {session->heartbeat.ping_at, Direction::ToClient, session->id, What::Ping, "2",
                      false, "never answered; pingTimeout is " + text_of(session->ping_timeout)});
  }
}

void ConnectionOutlivesSession::tell_it(const Session& session, Instant at, Instant since,
                                        Evidence over) {
  const bool client_ended =
      session.parted[static_cast<std::size_t>(Direction::ToServer)] != Instant{};
  const auto [finding, is_new] = tell(session, at, Confidence::Certain, Fault::Server);
  finding.first_seen = since;
  finding.summary = "A session was over, and " + text_of(kPatience) +
                    " later the server still keeps its connection open" +
                    (client_ended ? ", though the client has ended its own side." : ".");
  add(finding, std::move(over));
  add(finding, {at,
                Direction::ToClient,
                session.id,
                What::Silence,
                {},
                false,
                "no end of the connection from the server"});
  if (!session.open) settle(session.id);
}

}  // namespace rules::leak
