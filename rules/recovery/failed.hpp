#pragma once

#include "rules/rule.hpp"

namespace rules::recovery {

/// recovery/failed: a client asked to be recovered, and got a new socket; or its socket lives in
/// two sessions at once.

class Failed : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Connected};

  explicit Failed(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::recovery
