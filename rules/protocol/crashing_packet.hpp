#pragma once

#include "core/session/fact.hpp"
#include "rules/protocol/packet_findings.hpp"

namespace rules::protocol {

/// protocol/crashing-packet: a packet that every parser accepts and the client has no answer to: it
/// throws where nobody catches. One finding a session; `count` says how often.
class CrashingPacket {
 public:
  static const Description kDescription;

  explicit CrashingPacket(Book& book) : findings_(book, kDescription) {}
  /// Fact kind Crashing.
  void observe(const core::session::Fact& fact);
  void closed(core::SessionId session) { findings_.closed(session); }

 private:
  PacketFindings findings_;
};

}  // namespace rules::protocol
