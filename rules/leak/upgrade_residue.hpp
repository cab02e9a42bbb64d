#pragma once

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/upgrade-residue: an upgrade that left something behind: a probe that nobody finished, or a
/// poll that was never released.
class UpgradeResidue : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Probing,
                                  core::session::FactKind::Upgraded};

  explicit UpgradeResidue(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
  void due(core::Instant at, std::uint64_t key);
};

}  // namespace rules::leak
