#pragma once

#include <map>

#include "rules/rule.hpp"

namespace rules::transport {

/// transport/never-upgraded: a session that may use a WebSocket polls on.
class NeverUpgraded : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Answered,
                                  core::session::FactKind::Unanswered,
                                  core::session::FactKind::Upgraded, core::session::FactKind::Aged,
                                  core::session::FactKind::Closed};

  explicit NeverUpgraded(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void aged(const core::session::Fact& fact);

  /// The websocket requests of open sessions that poll: the first of each.
  std::map<core::SessionId, Evidence> attempts_;
};

}  // namespace rules::transport
