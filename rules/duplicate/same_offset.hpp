#pragma once

#include "rules/rule.hpp"

namespace rules::duplicate {

/// duplicate/same-offset: a recovery offset came twice. Offsets are unique, so this is proof.

class SameOffset : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message};

  explicit SameOffset(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::duplicate
