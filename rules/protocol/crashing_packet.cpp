#include "rules/protocol/crashing_packet.hpp"

#include <string>

namespace rules::protocol {

const Description CrashingPacket::kDescription{
    .id = "protocol/crashing-packet",
    .severity = Severity::Error,
    .summary =
        "A packet was sent that the client's parser accepts and the client then crashes over.",
    .why =
        "Nothing catches the exception, and a Node process exits. (4.5.2 takes it for a parse "
        "error "
        "and gives its connection up; 4.1.3 ignores the EVENT.)",
    .proof =
        "The packet itself: an EVENT or a CONNECT_ERROR without a payload, for a namespace that "
        "the client uses: certain.",
    .silent = "The namespace is none of the client's, which then ignores the packet.",
    .remedy =
        "Fix the sender: an EVENT carries at least its name, a CONNECT_ERROR an object with a "
        "message.",
    .source =
        "Socket.IO protocol v5, \"Packet encoding\"; measured on socket.io-client 4.1.3 to 4.8.4",
};

void CrashingPacket::observe(const core::session::Fact& fact) {
  tell_packet(fact, "The server sent a packet that parses and then crashes the client: " +
                        std::string(fact.refusal->reason) + ".");
}

}  // namespace rules::protocol
