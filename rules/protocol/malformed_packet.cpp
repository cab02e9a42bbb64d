#include "rules/protocol/malformed_packet.hpp"

#include <string>

#include "core/limits.hpp"

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
        "The packet itself, read exactly as socket.io-parser 4.2 and engine.io-parser 5.2 read it: "
        "certain.",
    .silent = "The session uses a parser of its own, or the packet is larger than what is decoded.",
    .remedy =
        "Fix the sender: an event name must be a string or a number and none of the reserved "
        "names, and "
        "attachments must follow their packet.",
    .source = "Socket.IO protocol v5, \"Packet encoding\"; socketio/socket.io-client#1551",
};

void MalformedPacket::observe(const core::session::Fact& fact) {
  const bool to_client = fact.direction == core::Direction::ToClient;
  const std::uint64_t key =
      std::uint64_t{static_cast<std::uint32_t>(fact.session->id)} << 1 | (to_client ? 1 : 0);
  const auto [entry, is_new] = findings_.try_emplace(key, 0);
  if (is_new) {
    Finding& opened = book_.open(kDescription, fact.at);
    entry->second = opened.number;
    opened.confidence = Confidence::Certain;
    opened.client = fact.session->client;
    opened.direction = fact.direction;
    opened.fault = to_client ? Fault::Server : Fault::Client;
    opened.session = ref(*fact.session);
    opened.count = 0;
    opened.summary =
        std::string(to_client ? "The server sent a packet that the client's parser refuses: "
                              : "The client sent a packet that the server's parser refuses: ")
            .append(fact.reason)
            .append(".");
  }
  Finding& finding = book_.at(entry->second);
  ++finding.count;
  finding.last_seen = fact.at;
  finding.session = ref(*fact.session);
  if (finding.evidence.size() < core::limits::kEvidenceMax) {
    if (!fact.culprit.empty())
      finding.evidence.push_back({fact.at, fact.direction, fact.session->id, What::Packet,
                                  std::string(fact.culprit), false,
                                  "announced attachments; what follows is refused on its account"});
    finding.evidence.push_back({fact.at, fact.direction, fact.session->id, What::Packet,
                                std::string(fact.excerpt), fact.truncated,
                                std::string(fact.reason)});
  }
  if (!is_new) book_.grew(finding.number, fact.at);
}

void MalformedPacket::closed(core::SessionId session) {
  for (const std::uint64_t direction : {0, 1}) {
    const auto found =
        findings_.find(std::uint64_t{static_cast<std::uint32_t>(session)} << 1 | direction);
    if (found == findings_.end()) continue;
    book_.settle(found->second);
    findings_.erase(found);
  }
}

}  // namespace rules::protocol
