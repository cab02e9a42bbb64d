#pragma once

#include "rules/rule.hpp"

namespace rules::duplicate {

/// duplicate/recovery-redelivery: a client is recovered twice from the same offset, and sent again
/// what it had already got the first time.

class RecoveryRedelivery : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Connected};

  explicit RecoveryRedelivery(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::duplicate
