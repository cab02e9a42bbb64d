#include "rules/transport/payload_too_big.hpp"

#include <utility>

#include "rules/exchange.hpp"
#include "rules/packet_name.hpp"

namespace rules::transport {

using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description PayloadTooBig::kDescription{
    .id = "transport/payload-too-big",
    .severity = Severity::Error,
    .summary = "A message was refused because it is larger than the server takes.",
    .why =
        "The server ends the session over it (`maxHttpBufferSize`, 1 MB unless set otherwise), the "
        "client is told \"transport error\" or \"transport close\" and nothing of the size, and "
        "sends it again when it is back.",
    .proof =
        "HTTP 413 to a request of the session, or the server's WebSocket Close 1009: certain. The "
        "event is named when its start was seen.",
    .silent = "The message was taken, or the session ended without either sign.",
    .remedy =
        "Raise maxHttpBufferSize on the server (and the body limit of proxies before it), or send "
        "large data in pieces or by an HTTP upload.",
    .source = "socketio/engine.io#706; socketio/socket.io#3946; RFC 6455, section 7.4.1",
};

void PayloadTooBig::observe(const Fact& fact) {
  if (fact.session == nullptr) return;
  const Session& session = *fact.session;
  constexpr std::uint16_t kTooBigCode = 1009;
  switch (fact.kind) {
    case FactKind::Large: {
      if (fact.direction != core::Direction::ToServer) return;
      Large& large = large_[session.id];
      large = {fact.at, fact.large->bytes, std::string(fact.excerpt), fact.truncated};
      // The refusal of a request may come before the start of its body.
      if (has_told(session)) {
        const auto [finding, is_new] = tell(session, fact.at, Confidence::Certain, Fault::Client);
        --finding.count;
        name(finding, session, large);
      }
      return;
    }
    case FactKind::Answered:
      if (refusal_of(*fact.exchange) == Refusal::TooBig) {
        refused(session, fact.at, response_of(fact, {}));
        if (!session.open) settle(session.id);
      }
      return;
    default:
      if (session.cause == CloseCause::ServerClose && session.close_code == kTooBigCode)
        refused(session, fact.at, end_of(session, "WebSocket Close 1009, message too big"));
      large_.erase(session.id);
      return;
  }
}

void PayloadTooBig::refused(const Session& session, core::Instant at, Evidence refusal) {
  const auto [finding, is_new] = tell(session, at, Confidence::Certain, Fault::Client);
  if (is_new) {
    finding.direction = core::Direction::ToServer;
    finding.summary = "The server refused a message of the client for its size.";
    if (session.max_payload != 0)
      finding.summary.insert(
          finding.summary.size() - 1,
          ": it takes " + std::to_string(session.max_payload) + " bytes at once (maxPayload)");
  }
  if (const auto large = large_.find(session.id); large != large_.end())
    name(finding, session, large->second);
  add(finding, std::move(refusal));
}

void PayloadTooBig::name(Finding& finding, const Session& session, const Large& large) {
  if (finding.event) return;
  finding.event = name_of(large.start);
  const std::string what =
      finding.event ? "an event \"" + finding.event->event + "\"" : std::string("a message");
  finding.summary = "The server refused " + what + " of the client, of " +
                    std::to_string(large.bytes) + " bytes, for its size";
  if (session.max_payload != 0)
    finding.summary +=
        large.bytes > session.max_payload
            ? ": it takes " + std::to_string(session.max_payload) + " at once (maxPayload)"
            : ", though it takes " + std::to_string(session.max_payload) +
                  " at once (maxPayload): a proxy on the way takes less";
  finding.summary += ".";
  if (session.max_payload >= large.bytes) finding.fault = Fault::Network;
  add(finding, {large.at, core::Direction::ToServer, session.id, What::Packet, large.start,
                large.truncated, std::to_string(large.bytes) + " bytes"});
  changed(finding);
}

}  // namespace rules::transport
