#pragma once

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/ghost-window: a server held a session whose client was gone.
class GhostWindow : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Closed, core::session::FactKind::Parted};
  /// The server's end of a connection may come long after its session's.
  static constexpr bool kOutlivesSession = true;

  explicit GhostWindow(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void half_closed(const core::session::Fact& fact);
  void given_up(const core::session::Fact& fact);
  void tell_window(const core::session::Session& session, core::Instant from, core::Instant until,
                   Evidence gone, Evidence noticed);
};

}  // namespace rules::leak
