#include "rules/handshake/protocol_version.hpp"

#include "rules/exchange.hpp"

namespace rules::handshake {

using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description ProtocolVersion::kDescription{
    .id = "handshake/protocol-version",
    .severity = Severity::Error,
    .summary = "A client and a server speak revisions of the protocol that do not fit.",
    .why =
        "Socket.IO 2 and Socket.IO 3 or later do not understand each other: the client gets no "
        "connection, or one that dies at the first heartbeat, and tries for ever.",
    .proof =
        "Error 5, \"Unsupported protocol version\", in a body or, after a 101, as HTTP among the "
        "frames; a handshake in the form of Engine.IO 3 for a client of 4; a CONNECT answer "
        "without a socket id, as servers of 2.x send unasked; or a heartbeat that goes the wrong "
        "way: certain.",
    .silent = "Both speak the same revision, or the server allows the older one (`allowEIO3`).",
    .remedy =
        "Bring client and server to one generation; where old clients must stay, set "
        "`allowEIO3: true` on a server of 3.x or later.",
    .source = "Engine.IO protocol v4, \"Difference between v3 and v4\"; socketio/socket.io#4051",
};

namespace {

enum Sign : std::uint64_t { kRefused = 1, kAnsweredInV3 = 2 };

std::uint64_t subject(Sign sign, std::uint8_t eio) noexcept { return sign * 256 + eio; }

}  // namespace

bool is_v3_payload(std::string_view excerpt) noexcept {
  const std::size_t colon = excerpt.find_first_not_of("0123456789");
  return colon != 0 && colon != std::string_view::npos && excerpt.substr(colon).starts_with(":0{");
}

void ProtocolVersion::observe(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::Answered:
      if (refusal_of(*fact.exchange) == Refusal::Revision) refused(fact);
      return;
    case FactKind::NoHandshake:
      if (fact.exchange->request.eio == 4 && is_v3_payload(fact.excerpt)) answered_in_v3(fact);
      return;
    case FactKind::Connected:
      // A client that has its socket id takes no notice.
      if (const auto* const ns = fact.session->find_namespace(fact.connect->ns);
          fact.session->eio == 4 && fact.connect->sid_bytes == 0 && ns != nullptr && !ns->connected)
        granted_unasked(fact);
      return;
    default:
      return wrong_heartbeat(fact);
  }
}

void ProtocolVersion::refused(const Fact& fact) {
  const std::uint8_t eio = fact.exchange->request.eio;
  // What names no revision is a health check as often as a client.
  const bool vague = eio == 0;
  const auto [finding, is_new] =
      tell_at_large(subject(kRefused, eio), fact.at,
                    vague ? Confidence::Possible : Confidence::Certain, Fault::Client);
  if (is_new) {
    if (vague) regrade(finding, Severity::Info);
    finding.summary = "The server, of Engine.IO 4 (Socket.IO 3 or later), turned away " +
                      generation_of(eio) + ".";
  }
  add(finding, request_of(fact));
  add(finding, response_of(fact, {}));
}

void ProtocolVersion::answered_in_v3(const Fact& fact) {
  const auto [finding, is_new] =
      tell_at_large(subject(kAnsweredInV3, 4), fact.at, Confidence::Certain, Fault::Server);
  if (is_new)
    finding.summary = "The server, of Engine.IO 3 (Socket.IO 1 or 2), answered " +
                      generation_of(4) + " in its own revision, which that cannot read.";
  add(finding, request_of(fact));
  add(finding, {fact.at, core::Direction::ToClient, core::SessionId::None, What::Response,
                std::string(fact.excerpt), fact.truncated,
                "a handshake with its length before it, as Engine.IO 3 writes"});
}

void ProtocolVersion::granted_unasked(const Fact& fact) {
  const auto [finding, is_new] = tell(*fact.session, fact.at, Confidence::Certain, Fault::Server);
  if (!is_new) return;
  finding.direction = fact.direction;
  finding.summary = "The server, of Socket.IO 1 or 2, let " + generation_of(4) +
                    " into a namespace without a socket id: the client takes it for no connection.";
  add(finding, packet_of(fact, "a CONNECT answer without a socket id"));
}

void ProtocolVersion::wrong_heartbeat(const Fact& fact) {
  const Session& session = *fact.session;
  const bool v4 = session.eio == 4;
  const auto [finding, is_new] = tell(session, fact.at, Confidence::Certain, Fault::Client, 1);
  if (is_new) {
    finding.direction = fact.direction;
    finding.summary =
        v4 ? "The client asked for Engine.IO 4, where the server pings, and pings itself as in "
             "Engine.IO 3 (Socket.IO 1 or 2): a server of Socket.IO 3 or later ends the session."
           : "The client asked for Engine.IO 3, where it has to ping, and answers pings as in "
             "Engine.IO 4 (Socket.IO 3 or later): the server ends the session.";
  }
  add(finding, {fact.at, fact.direction, session.id, v4 ? What::Ping : What::Pong, v4 ? "2" : "3",
                false, "invalid heartbeat direction"});
}

}  // namespace rules::handshake
