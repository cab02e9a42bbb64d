#include "rules/protocol/malformed_packet.hpp"

#include <string>

#include "core/socketio/verdict.hpp"

namespace rules::protocol {

const Description MalformedPacket::kDescription{
    .id = "protocol/malformed-packet",
    .severity = Severity::Error,
    .summary = "A packet was sent that the receiver's official parser throws at.",
    .why =
        "Clients drop their connection over it; versions 4.5.2 to 4.7.5 leave the old one open "
        "behind them, and the "
        "event is lost in any case.",
    .proof =
        "The packet itself, read exactly as the newest official parsers read it (engine.io-parser "
        "and socket.io-parser, of Engine.IO 3 sessions those of their line, or "
        "socket.io-msgpack-parser): certain. The finding says which releases refuse it; a client "
        "may have an older one that does not.",
    .silent = "The session uses a parser of its own, or the packet is larger than what is decoded.",
    .remedy =
        "Fix the sender: an event name must be a string or a number and none of the reserved "
        "names, and "
        "attachments must follow their packet.",
    .source = "Socket.IO protocol v5, \"Packet encoding\"; socketio/socket.io-client#1551",
};

void MalformedPacket::observe(const core::session::Fact& fact) {
  std::string summary(fact.direction == core::Direction::ToClient
                          ? "The server sent a packet that the client's parser refuses: "
                          : "The client sent a packet that the server's parser refuses: ");
  summary += fact.refusal->reason;
  if (!fact.refusal->causes.empty())
    summary.append(" (")
        .append(core::socketio::phrase(core::socketio::verdict(fact.refusal->causes)).view())
        .append(")");
  tell_packet(fact, summary + ".");
}

}  // namespace rules::protocol
