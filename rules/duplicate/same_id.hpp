#pragma once

#include "rules/rule.hpp"

namespace rules::duplicate {

/// duplicate/same-id: an application's own message id, named by `--dedupe-key`, came twice.

class SameId : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message};
  static constexpr bool kMarkedOnly = true;

  explicit SameId(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::duplicate
