#include "rules/transport/never_upgraded.hpp"

#include "core/limits.hpp"
#include "rules/exchange.hpp"

namespace rules::transport {

using core::TransportName;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description NeverUpgraded::kDescription{
    .id = "transport/never-upgraded",
    .severity = Severity::Info,
    .summary = "A session still polls, though its server offered a WebSocket.",
    .why =
        "Polling costs a request a message and pins a connection of the browser; a proxy that does "
        "not pass WebSockets on is the usual reason, and nobody notices.",
    .proof =
        "The handshake offers websocket and 40 s later the session polls. When it tried (a probe, "
        "or a websocket request that came to nothing) certain, else possible: its client may be "
        "configured so.",
    .silent = "The server offers no upgrade, or the session ended before.",
    .remedy =
        "Let the proxies on the way pass WebSockets on, or set `transports: [\"polling\"]` on both "
        "sides if it is meant.",
    .source = "socket.io, \"Troubleshooting\": stuck in HTTP long-polling",
};

void NeverUpgraded::observe(const Fact& fact) {
  if (fact.kind == FactKind::Aged) return aged(fact);
  if (fact.kind == FactKind::Closed || fact.kind == FactKind::Upgraded) {
    attempts_.erase(fact.session->id);
    return;
  }
  if (fact.session == nullptr || !fact.session->open || fact.exchange->asks_new ||
      fact.exchange->request.transport != TransportName::WebSocket)
    return;
  if (fact.kind == FactKind::Unanswered)
    attempts_.try_emplace(fact.session->id, request_of(fact, "its connection ended unanswered"));
  else  // 101 too: a proxy that knows no WebSockets may pass the grant on, and let go of it.
    attempts_.try_emplace(fact.session->id, response_of(fact, "to its websocket request"));
}

void NeverUpgraded::aged(const Fact& fact) {
  const Session& session = *fact.session;
  if (!session.offers_websocket || session.transport != TransportName::Polling) return;
  const auto attempt = attempts_.find(session.id);
  const bool tried = session.probed || attempt != attempts_.end();
  const auto [finding, is_new] =
      tell(session, fact.at, tried ? Confidence::Certain : Confidence::Possible,
           tried ? Fault::Network : Fault::Unknown);
  finding.first_seen = session.opened;
  finding.summary = "A session of " + text_of(fact.at - session.opened) +
                    " still polls, though its server offered "
                    "a WebSocket: " +
                    (tried ? "it tried one, and that came to nothing." : "it never tried one.");
  add(finding, {session.opened,
                core::Direction::ToClient,
                session.id,
                What::Handshake,
                {},
                false,
                "offers websocket"});
  if (attempt != attempts_.end())
    add(finding, attempt->second);
  else if (session.probed)
    add(finding, {fact.at, core::Direction::ToServer, session.id, What::Packet, "2probe", false,
                  "a probe that did not lead to an upgrade"});
}

}  // namespace rules::transport
