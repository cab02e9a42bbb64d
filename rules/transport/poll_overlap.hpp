#pragma once

#include "rules/rule.hpp"

namespace rules::transport {

/// transport/poll-overlap: a second poll, or post, while the session's first was pending.
class PollOverlap : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Answered};

  explicit PollOverlap(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::transport
