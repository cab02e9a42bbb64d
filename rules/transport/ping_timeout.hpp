#pragma once

#include "rules/rule.hpp"

namespace rules::transport {

/// transport/ping-timeout: a server gave a session up, having waited in vain for its heartbeat.
class PingTimeout : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Closed,
                                  core::session::FactKind::Answered};

  explicit PingTimeout(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void ended(const core::session::Fact& fact);
  void woke(const core::session::Fact& fact);
};

}  // namespace rules::transport
