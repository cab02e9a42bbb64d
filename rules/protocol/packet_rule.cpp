#include "rules/protocol/packet_rule.hpp"

namespace rules::protocol {
namespace {

/// At fault because of what came before it, or did not.
bool by_company(core::socketio::Causes causes) noexcept {
  using core::socketio::Cause;
  return causes.has(Cause::BinaryWithoutHeader) || causes.has(Cause::TextWhileReconstructing) ||
         causes.has(Cause::IllegalPlaceholder);
}

/// Whether what was lost may be what made it a fault: what came before it, or, where the parser is
/// guessed from what was seen, what would have told that it is another.
bool hangs_on_others(const core::session::Fact& fact) noexcept {
  return by_company(fact.refusal->causes) || fact.session->parser == core::session::Parser::MsgPack;
}

}  // namespace

void PacketRule::tell_packet(const core::session::Fact& fact, const std::string& summary) {
  const bool by_server = fact.direction == core::Direction::ToClient;
  const auto [finding, is_new] =
      tell(*fact.session, fact.at,
           hangs_on_others(fact) && lost_events() ? Confidence::Possible : Confidence::Certain,
           by_server ? Fault::Server : Fault::Client, static_cast<std::uint64_t>(fact.direction));
  if (is_new) {
    finding.direction = fact.direction;
    finding.summary = summary;
  }
  if (!fact.refusal->culprit.empty())
    add(finding, {fact.at, fact.direction, fact.session->id, What::Packet,
                  std::string(fact.refusal->culprit), false,
                  "announced attachments; what follows is refused on its account"});
  add(finding, packet_of(fact, std::string(fact.refusal->reason)));
}

}  // namespace rules::protocol
