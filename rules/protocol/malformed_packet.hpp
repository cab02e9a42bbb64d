#pragma once

#include "core/session/fact.hpp"
#include "rules/protocol/packet_findings.hpp"

namespace rules::protocol {

/// protocol/malformed-packet: the receiver's official parser throws at a packet. One finding a
/// session and direction; `count` says how often.
class MalformedPacket {
 public:
  static const Description kDescription;

  explicit MalformedPacket(Book& book) : findings_(book, kDescription) {}
  /// Fact kind Malformed.
  void observe(const core::session::Fact& fact);
  void closed(core::SessionId session) { findings_.closed(session); }

 private:
  PacketFindings findings_;
};

}  // namespace rules::protocol
