#pragma once

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/no-namespace: a session was opened, and nobody ever joined a namespace in it.
///
/// How it works. Servers end such a session after `connectTimeout` (45 s unless set otherwise). It
/// is told when the session settles, or when the server ends it before.
class NoNamespace : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Aged, core::session::FactKind::Closed};

  explicit NoNamespace(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::leak
