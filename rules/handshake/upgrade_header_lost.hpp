#pragma once

#include "rules/rule.hpp"

namespace rules::handshake {

/// handshake/upgrade-header-lost: a websocket request without its Upgrade header, refused.
class UpgradeHeaderLost : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Answered};

  explicit UpgradeHeaderLost(const Context& context)
      : Rule(context, kDescription, Loss::Harmless) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::handshake
