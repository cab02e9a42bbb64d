#pragma once

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/connection-outlives-session: a session is over, and the server keeps its connection.
///
/// How it works. Three signs that a server is done with a session: a Close of either side, a `1`
/// (which clients ignore on a WebSocket), and a ping that it waited for in vain. After each its end
/// of the connection has to follow; `ws` gives the other side 30 s for its Close. Whether a ping
/// was waited for in vain is looked at about once a heartbeat.
class ConnectionOutlivesSession : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Aged, core::session::FactKind::Upgraded,
                                  core::session::FactKind::Dismissed,
                                  core::session::FactKind::Closed};
  static constexpr bool kOutlivesSession = true;

  explicit ConnectionOutlivesSession(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
  void due(core::Instant at, std::uint64_t key);

 private:
  void look(const core::session::Session& session, core::Instant at);
  void tell_it(const core::session::Session& session, core::Instant at, core::Instant since,
               Evidence over);
};

}  // namespace rules::leak
