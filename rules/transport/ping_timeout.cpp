#include "rules/transport/ping_timeout.hpp"

#include "rules/exchange.hpp"
#include "rules/silence.hpp"

namespace rules::transport {

using core::session::CloseCause;
using core::session::Fact;
using core::session::Session;

const Description PingTimeout::kDescription{
    .id = "transport/ping-timeout",
    .severity = Severity::Warning,
    .summary = "A session ended because its client did not answer the heartbeat.",
    .why =
        "The client was frozen, its network was gone, or its pong waited behind a large upload: "
        "until the time-out the server sent into nowhere, and what it sent is lost.",
    .proof =
        "A ping without a pong for `pingTimeout` (in Engine.IO 3 no packet of the client for "
        "pingInterval and pingTimeout), and then the server's end of the session: certain, or "
        "possible where something of the session went by unread. Over polling a server gives up "
        "without a word, and a page that is left between two polls is as silent as a frozen one: "
        "possible. A client that wakes and learns that its session is unknown is proof that it was "
        "there: likely after an unanswered ping, else possible.",
    .silent = "The client answered, or either side ended the session before the time was over.",
    .remedy =
        "Look at what the client did at that time: a blocked event loop, a suspended tab or "
        "device, "
        "an upload over the same connection. A longer pingTimeout hides it.",
    .source = "Engine.IO protocol v4, \"Heartbeat\"; socketio/socket.io#2769",
};

void PingTimeout::observe(const Fact& fact) {
  if (fact.kind == core::session::FactKind::Answered)
    woke(fact);
  else
    ended(fact);
}

/// Over polling a server gives a session up without a word; a client that wakes later learns of it.
void PingTimeout::woke(const Fact& fact) {
  if (fact.session == nullptr || refusal_of(*fact.exchange) != Refusal::UnknownSid) return;
  const Session& session = *fact.session;
  const core::Instant asked = fact.exchange->asked;
  // Its own patience ends when it wakes too: it may say `1` to a session that is no more.
  const bool ends_it = session.cause == CloseCause::UnknownToServer && session.closed == fact.at;
  const bool gives_up = session.cause == CloseCause::ClientClose && session.closed >= asked;
  if (!ends_it && !gives_up) return;
  // The pong that wakes with it comes too late.
  const core::Instant ping_at = session.heartbeat.ping_at;
  const bool pinged = session.eio != 3 && ping_at != core::Instant{} &&
                      asked >= ping_at + session.ping_timeout &&
                      (session.heartbeat.unanswered() || session.heartbeat.answered_at >= asked);
  const core::Duration quiet = fact.exchange->quiet;
  if (!pinged && (session.ping_timeout == core::Duration{} || quiet < session.ping_timeout)) return;
  const auto [finding, is_new] =
      tell(session, fact.at, pinged ? Confidence::Likely : Confidence::Possible, Fault::Unknown);
  finding.first_seen = asked - quiet;
  finding.summary = "A client came back after " + text_of(quiet) +
                    " of silence, and the server had given its session up.";
  add(finding, request_of(fact, "after " + text_of(quiet) + " of silence; pingTimeout is " +
                                    text_of(session.ping_timeout)));
  add(finding, response_of(fact, {}));
}

void PingTimeout::ended(const Fact& fact) {
  const Session& session = *fact.session;
  const bool silence = session.cause == CloseCause::Silence;
  const auto last = last_heard_of(session);
  if (!last) return;
  const core::Instant heard = *last;
  // Over polling, a page that was left between two polls is as silent as a client that is frozen.
  const bool was_there = !silence && session.gaps == 0;
  const auto [finding, is_new] = tell(
      session, fact.at, was_there ? Confidence::Certain : Confidence::Possible, Fault::Unknown);
  finding.summary = "The server gave a session up: " + text_of(fact.at - heard) +
                    " before, its client was heard for the last time.";
  finding.first_seen = heard;
  add(finding, {heard,
                core::Direction::ToServer,
                session.id,
                What::Silence,
                {},
                false,
                "the client's last sign of life"});
  if (session.eio != 3 && session.heartbeat.unanswered())
    add(finding, {session.heartbeat.ping_at, core::Direction::ToClient, session.id, What::Ping, "2",
                  false, "never answered; pingTimeout is " + text_of(session.ping_timeout)});
  add(finding, silence ? Evidence{fact.at,
                                  core::Direction::ToServer,
                                  session.id,
                                  What::Silence,
                                  {},
                                  false,
                                  "no request came within pingInterval and pingTimeout"}
                       : end_of(session, "the server ends the session"));
}

}  // namespace rules::transport
