#pragma once

#include "rules/protocol/packet_rule.hpp"

namespace rules::protocol {

/// protocol/malformed-packet: the receiver's official parser throws at a packet. One finding a
/// session and direction; `count` says how often.
class MalformedPacket : public PacketRule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Malformed};

  explicit MalformedPacket(const Context& context)
      : PacketRule(context, kDescription, Loss::Harmless) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::protocol
