#pragma once

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/open-at-exit (`check` only): the command ended and had sessions open.

class OpenAtExit : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{};

  explicit OpenAtExit(const Context& context) : Rule(context, kDescription) {}
  void finish(const Ending& ending);
};

}  // namespace rules::leak
