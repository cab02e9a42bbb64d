#pragma once

#include <deque>
#include <utility>

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
  /// The session is over: in time its connection should be, too.
  void expect_end(const core::session::Session& session, core::Instant at);
  void look_at_ended(core::Instant at);
  void look(const core::session::Session& session, core::Instant at);
  void tell_it(const core::session::Session& session, core::Instant at, core::Instant since,
               Evidence over);

  /// Sessions that are over, and when to look; one alarm for all, at the first. Of more than are
  /// remembered, the oldest are let go.
  std::deque<std::pair<core::Instant, core::SessionId>> ended_;
};

}  // namespace rules::leak
