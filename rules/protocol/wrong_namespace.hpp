#pragma once

#include "rules/rule.hpp"

namespace rules::protocol {

/// protocol/wrong-namespace: a client emits in a namespace that it did not join.

class WrongNamespace : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message};

  explicit WrongNamespace(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::protocol
