#include "rules/protocol/packet_findings.hpp"

#include <utility>

#include "core/limits.hpp"

namespace rules::protocol {
namespace {

std::uint64_t key_of(core::SessionId session, core::Direction direction) {
  return std::uint64_t{static_cast<std::uint32_t>(session)} << 1 |
         (direction == core::Direction::ToClient ? 1U : 0U);
}

}  // namespace

void PacketFindings::add(const core::session::Fact& fact, std::string summary) {
  const auto [entry, is_new] = findings_.try_emplace(key_of(fact.session->id, fact.direction), 0);
  if (is_new) {
    Finding& opened = book_.open(rule_, fact.at);
    entry->second = opened.number;
    opened.confidence = Confidence::Certain;
    opened.client = fact.session->client;
    opened.direction = fact.direction;
    opened.fault = fact.direction == core::Direction::ToClient ? Fault::Server : Fault::Client;
    opened.count = 0;
    opened.summary = std::move(summary);
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

void PacketFindings::closed(core::SessionId session) {
  for (const core::Direction direction : {core::Direction::ToServer, core::Direction::ToClient}) {
    const auto found = findings_.find(key_of(session, direction));
    if (found == findings_.end()) continue;
    book_.settle(found->second);
    findings_.erase(found);
  }
}

}  // namespace rules::protocol
