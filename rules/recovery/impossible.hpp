#pragma once

#include "rules/rule.hpp"

namespace rules::recovery {

/// recovery/impossible: a client asks to be recovered and has no offset to be recovered from.

class Impossible : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Connecting};

  explicit Impossible(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::recovery
