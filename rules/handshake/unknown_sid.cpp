#include "rules/handshake/unknown_sid.hpp"

#include <algorithm>

#include "rules/exchange.hpp"

namespace rules::handshake {

using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description UnknownSid::kDescription{
    .id = "handshake/unknown-sid",
    .severity = Severity::Error,
    .summary = "A server answered that it does not know a session.",
    .why =
        "Where several server processes share one address, each knows its own sessions alone: a "
        "client that polls and meets another one loses its session, comes back, and loses the "
        "next. What it leaves behind lives on until its ping timeout.",
    .proof =
        "Error 1, \"Session ID unknown\", for a session that the same address granted, that is "
        "open as far as the wire shows, with no sign since that the server went down: certain, and "
        "an error. Where there is such a sign, or the client was silent long enough to be given "
        "up, or the session had ended or began before the watch, the finding says so, as info "
        "and possible. With several --upstream it names the one that granted the session and the "
        "one that was asked.",
    .silent = "The request was on its way while its session ended.",
    .remedy =
        "Make the load balancer send all requests of a session to one process (sticky sessions), "
        "allow websocket alone, or use an adapter with its own routing "
        "(@socket.io/cluster-engine).",
    .source = "socket.io, \"Using multiple nodes\"; socketio/socket.io#1739, #4433",
};

namespace {

/// How long after its session's end a request may still come that was sent, or decided, before: a
/// round trip of a slow network.
constexpr core::Duration kOnItsWay = std::chrono::seconds(1);

/// Findings without a session, by why.
enum Subject : std::uint64_t { kNeverSeen = 1, kClosedAs = 2 };

/// Whether a gateway says that nobody is behind it. sioscope itself says so with 502.
bool says_nobody_there(std::uint16_t status) noexcept { return status >= 502 && status <= 504; }

std::string how(const Session& session) {
  switch (session.cause) {
    case CloseCause::ClientClose:
      return "its client had closed it";
    case CloseCause::ClientGone:
      return "its client's connection had ended";
    case CloseCause::ServerClose:
      return "the server had closed it";
    case CloseCause::ServerGone:
      return "the server's end of its connection had gone";
    case CloseCause::Silence:
      return "its client had been silent until the server gave it up";
    case CloseCause::UnknownToServer:
      break;
  }
  return {};
}

/// Whether the server may have given the session up by then, unseen: over polling nothing tells.
bool may_be_given_up(const Session& session, const core::session::ExchangeFact& exchange) {
  return session.given_up(exchange.asked) || exchange.quiet >= session.ping_timeout;
}

}  // namespace

void UnknownSid::observe(const Fact& fact) {
  if (fact.kind == FactKind::Closed) {
    const Session& session = *fact.session;
    if ((session.cause == CloseCause::ServerClose || session.cause == CloseCause::ServerGone) &&
        !session.given_up(fact.at))
      goes(session.upstream, fact.at);
    return;
  }
  const core::session::ExchangeFact& exchange = *fact.exchange;
  if (exchange.instead_of != 0) goes(exchange.instead_of, exchange.asked);
  if (fact.kind == FactKind::Unanswered) {
    if (fact.direction == core::Direction::ToClient) goes(exchange.upstream, fact.at);
    return;
  }
  if (says_nobody_there(exchange.response.status)) goes(exchange.upstream, fact.at);
  if (refusal_of(exchange) != Refusal::UnknownSid) return;
  if (fact.session == nullptr) return never_seen(fact);
  const Session& session = *fact.session;
  // What this answer ends is closed by now.
  const bool ends_it = session.cause == CloseCause::UnknownToServer && session.closed == fact.at;
  if (!session.open && !ends_it) return closed(fact);
  if (gone(session.upstream) >= session.opened)
    return open_but_explained(fact, session.upstream == exchange.upstream
                                        ? "the server looked as if it restarted meanwhile"
                                        : "the server that granted it was gone meanwhile");
  if (may_be_given_up(session, exchange))
    return open_but_explained(fact,
                              "its client had been silent so long that the server may have given "
                              "it up");
  forgotten(fact);
}

std::string UnknownSid::name_of(std::uint8_t upstream) const {
  const auto& names = context_.settings.upstreams;
  return upstream == 0 || upstream > names.size() ? std::string() : names[upstream - 1];
}

std::string UnknownSid::by(const core::session::ExchangeFact& exchange, std::string note) const {
  const std::string name = name_of(exchange.upstream);
  if (name.empty()) return note;
  return "by " + name + (note.empty() ? "" : ", " + note);
}

void UnknownSid::goes(std::uint8_t upstream, core::Instant at) {
  core::Instant& latest = gone_[upstream];
  latest = std::max(latest, at);
}

core::Instant UnknownSid::gone(std::uint8_t upstream) const {
  const auto found = gone_.find(upstream);
  return found == gone_.end() ? core::Instant{} : found->second;
}

void UnknownSid::forgotten(const Fact& fact) {
  const Session& session = *fact.session;
  const std::string granted = name_of(session.upstream), asked = name_of(fact.exchange->upstream);
  const bool apart = !granted.empty() && !asked.empty() && granted != asked;
  // That the server had restarted shows in its other sessions.
  const bool doubtful = !apart && !context_.tracker.knows_all_sessions();
  const auto [finding, is_new] =
      tell(session, fact.at, doubtful ? Confidence::Possible : Confidence::Certain, Fault::Server);
  const std::string age = text_of(fact.at - session.opened);
  if (is_new && !apart)
    finding.summary = "The server " + (asked.empty() ? "does" : asked + " does") +
                      " not know a session that was granted " + age +
                      " before and nobody closed: its requests reach several server processes.";
  else if (is_new)
    finding.summary = "The server " + asked + " does not know a session that " + granted +
                      " granted " + age +
                      " before and nobody closed: its requests reach several servers.";
  add(finding, {session.opened,
                core::Direction::ToClient,
                session.id,
                What::Handshake,
                {},
                false,
                "the session is granted"});
  add(finding, request_of(fact));
  if (!apart)
    add(finding, response_of(fact, "by a process " + (asked.empty() ? "" : "at " + asked + " ") +
                                       "that did not grant it"));
  else
    add(finding,
        response_of(fact, "by " + asked + ", which did not grant it: " + granted + " did"));
}

void UnknownSid::open_but_explained(const Fact& fact, const std::string& why) {
  const auto [finding, is_new] = tell(*fact.session, fact.at, Confidence::Possible, Fault::Unknown);
  if (is_new) {
    regrade(finding, Severity::Info);
    finding.summary = "The server does not know a session any more: " + why + ".";
  }
  add(finding, request_of(fact));
  const std::string granted = name_of(fact.session->upstream);
  add(finding, response_of(fact, by(*fact.exchange,
                                    granted.empty() ? why : why + "; " + granted + " granted it")));
}

void UnknownSid::closed(const Fact& fact) {
  const Session& session = *fact.session;
  if (session.cause == CloseCause::UnknownToServer) return;        // It was told.
  if (fact.exchange->asked <= session.closed + kOnItsWay) return;  // They crossed on the way.
  const auto [finding, is_new] =
      tell_at_large(kClosedAs + static_cast<std::uint64_t>(session.cause), fact.at,
                    Confidence::Possible, Fault::Unknown);
  const std::string why = how(session) + " " + text_of(fact.at - session.closed) + " before";
  if (is_new) {
    regrade(finding, Severity::Info);
    finding.session = ref(session);
    finding.client = session.client;
    finding.summary = "A request came for a session that was over: " + why + ".";
  }
  add(finding, request_of(fact));
  add(finding, response_of(fact, by(*fact.exchange, why)));
}

void UnknownSid::never_seen(const Fact& fact) {
  const auto [finding, is_new] =
      tell_at_large(kNeverSeen, fact.at, Confidence::Possible, Fault::Unknown);
  if (is_new) {
    regrade(finding, Severity::Info);
    finding.summary =
        "A request came for a session that the server does not know, and that was never seen here: "
        "it may be older than the watch, or another server's.";
  }
  add(finding, request_of(fact));
  add(finding, response_of(fact, by(*fact.exchange, {})));
}

}  // namespace rules::handshake
