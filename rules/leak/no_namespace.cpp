#include "rules/leak/no_namespace.hpp"

#include <algorithm>
#include <chrono>

namespace rules::leak {

using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description NoNamespace::kDescription{
    .id = "leak/no-namespace",
    .severity = Severity::Warning,
    .summary = "A session was opened, and its client never joined a namespace.",
    .why =
        "The server holds a connection for nobody until its connectTimeout; clients that probe, or "
        "die between the two steps, pile up.",
    .proof =
        "The handshake, and no CONNECT by the time the server gave the session up, or 40 s later: "
        "certain.",
    .silent =
        "The client left by itself, the server closed within 4 s (it was going down), it granted a "
        "namespace, the session speaks Engine.IO 3, where nobody asks, or not Socket.IO at all.",
    .remedy =
        "Look at what the client does between `open` and `connect`: a low-level Engine.IO client, "
        "a health check, or a connection that is thrown away while it is being made.",
    .source = "socketio/socket.io-client#1133; socket.io server option connectTimeout",
};

namespace {

/// Whether the server let its client in: then that has asked, seen or not.
bool was_granted(const Session& session) noexcept {
  return std::any_of(session.namespaces.begin(), session.namespaces.end(),
                     [](const core::session::Namespace& ns) { return !ns.socket_sid.empty(); });
}

}  // namespace

void NoNamespace::observe(const Fact& fact) {
  using namespace std::chrono_literals;
  const Session& session = *fact.session;
  if (session.connecting != core::Instant{} || session.eio == 3 || session.gaps != 0 ||
      session.parser == core::session::Parser::Other || was_granted(session))
    return;
  if (fact.kind == FactKind::Closed && (core::session::by_client(session.cause) ||
                                        fact.at < session.opened + 4s || has_told(session)))
    return;
  const auto [finding, is_new] = tell(session, fact.at, Confidence::Certain, Fault::Client);
  finding.first_seen = session.opened;
  finding.summary = "A session was open for " + text_of(fact.at - session.opened) +
                    ", and its client never joined a namespace.";
  add(finding, {session.opened,
                core::Direction::ToClient,
                session.id,
                What::Handshake,
                {},
                false,
                "the session begins"});
  if (fact.kind == FactKind::Closed)
    add(finding, end_of(session, "the server gave it up"));
  else
    add(finding, {fact.at,
                  core::Direction::ToServer,
                  session.id,
                  What::Silence,
                  {},
                  false,
                  "still no CONNECT"});
}

}  // namespace rules::leak
