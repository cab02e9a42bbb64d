#pragma once

#include "rules/rule.hpp"

namespace rules::ack {

/// ack/unknown-or-twice: an ACK that nothing waits for.

class UnknownOrTwice : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message};
  static constexpr bool kMarkedOnly = true;

  explicit UnknownOrTwice(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
};

}  // namespace rules::ack
