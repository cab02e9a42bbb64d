#pragma once

#include "rules/protocol/packet_rule.hpp"

namespace rules::protocol {

/// protocol/crashing-packet: a packet that every parser accepts and the client has no answer to: it
/// throws where nobody catches. One finding a session; `count` says how often.
class CrashingPacket : public PacketRule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Crashing};

  explicit CrashingPacket(const Context& context)
      : PacketRule(context, kDescription, Loss::Harmless) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::protocol
