#pragma once

#include <string>

#include "rules/rule.hpp"

namespace rules::protocol {

/// A rule about single packets: one finding a session and direction, `count` says how often, and
/// the packets are its evidence.
class PacketRule : public Rule {
 protected:
  using Rule::Rule;
  /// A packet is at fault: certain, unless it is so on account of others and some were lost.
  /// `summary` is that of the first one.
  void tell_packet(const core::session::Fact& fact, const std::string& summary);
};

}  // namespace rules::protocol
