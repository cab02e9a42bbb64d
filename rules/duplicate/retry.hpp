#pragma once

#include "rules/rule.hpp"

namespace rules::duplicate {

/// duplicate/retry: an event is sent again, with a new ack id, because the first was not
/// acknowledged (the client's `retries`).

class Retry : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message};
  static constexpr bool kMarkedOnly = true;

  explicit Retry(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void again(const core::session::Fact& fact, Confidence confidence, core::Instant before,
             std::uint32_t before_id, core::SessionId before_session, bool at_once);
};

}  // namespace rules::duplicate
