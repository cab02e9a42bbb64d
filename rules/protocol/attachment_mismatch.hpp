#pragma once

#include "rules/protocol/packet_rule.hpp"

namespace rules::protocol {

/// protocol/attachment-mismatch: a binary packet and its attachments do not go together.
class AttachmentMismatch : public PacketRule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Malformed};

  explicit AttachmentMismatch(const Context& context) : PacketRule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::protocol
