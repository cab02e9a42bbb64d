#pragma once

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/engine-left-open: every namespace was left, and the connection stays.
class EngineLeftOpen : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Disconnecting};

  explicit EngineLeftOpen(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
  void due(core::Instant at, std::uint64_t key);
};

}  // namespace rules::leak
