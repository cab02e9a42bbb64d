#include "rules/leak/ghost_window.hpp"

#include <chrono>
#include <utility>

#include "rules/silence.hpp"

namespace rules::leak {

using core::Direction;
using core::Instant;
using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;
using namespace std::chrono_literals;

const Description GhostWindow::kDescription{
    .id = "leak/ghost-window",
    .severity = Severity::Info,
    .summary = "A server held a session for a while after its client was gone.",
    .why =
        "Until the server notices, the session counts as present, broadcasts are sent to it, and "
        "what is sent is lost. That is how TCP is; a window longer than the heartbeat allows is "
        "not, and a warning.",
    .proof =
        "The client's end of its WebSocket connection, and the server's more than 3 s later; or "
        "the client's last sign of life before the server gave the session up: certain. A warning "
        "when longer than pingInterval and pingTimeout.",
    .silent = "The client said that it was closing, or the server ended the session at once.",
    .remedy =
        "Shorter pings make the window smaller (pingInterval, pingTimeout). A server that outlasts "
        "them does not end its connections when it should.",
    .source = "Engine.IO protocol v4, \"Heartbeat\"; socketio/socket.io#2039, #2844, #2163",
};

namespace {

/// A server that was told of the client's end takes this long at most.
constexpr auto kNoticed = 3s;
constexpr auto kSlack = 2s;

}  // namespace

void GhostWindow::observe(const Fact& fact) {
  if (fact.kind == FactKind::Parted)
    half_closed(fact);
  else
    given_up(fact);
}

void GhostWindow::half_closed(const Fact& fact) {
  const Session& session = *fact.session;
  const auto [client, server] =
      std::pair(session.parted[static_cast<std::size_t>(Direction::ToServer)],
                session.parted[static_cast<std::size_t>(Direction::ToClient)]);
  if (session.cause != CloseCause::ClientGone || server < client + kNoticed) return;
  tell_window(session, client, server,
              {client,
               Direction::ToServer,
               session.id,
               What::Abort,
               {},
               false,
               "the client's stream ends without a word"},
              {server,
               Direction::ToClient,
               session.id,
               What::Close,
               {},
               false,
               "only now the server ends its own"});
}

void GhostWindow::given_up(const Fact& fact) {
  const Session& session = *fact.session;
  const bool silence = session.cause == CloseCause::Silence;
  const auto heard = last_heard_of(session);
  if (!heard) return;
  tell_window(session, *heard, fact.at,
              {*heard,
               Direction::ToServer,
               session.id,
               What::Silence,
               {},
               false,
               "the client's last sign of life"},
              silence ? Evidence{fact.at,
                                 Direction::ToServer,
                                 session.id,
                                 What::Silence,
                                 {},
                                 false,
                                 "by now the server has given it up"}
                      : end_of(session, "the server gives it up"));
}

void GhostWindow::tell_window(const Session& session, Instant from, Instant until, Evidence gone,
                              Evidence noticed) {
  const auto [finding, is_new] =
      tell(session, until, session.gaps == 0 ? Confidence::Certain : Confidence::Possible,
           Fault::Network);
  if (is_new) {
    const bool seen_late = session.cause != CloseCause::Silence;  // Else the end is our guess.
    if (seen_late && until - from > session.ping_interval + session.ping_timeout + kSlack) {
      regrade(finding, Severity::Warning);
      finding.fault = Fault::Server;
    }
    finding.first_seen = from;
    finding.summary = "The server held a session for " + text_of(until - from) +
                      " after its client was last heard.";
    add(finding, std::move(gone));
    add(finding, std::move(noticed));
  }
  settle(session.id);
}

}  // namespace rules::leak
