#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "rules/rule.hpp"

namespace rules::storm {

/// storm/reconnect-loop: a client loses one session after the other to the same thing.
///
/// How it works. Each session that meets its end, or its poison, becomes a link: one more than its
/// predecessor's if that ended for the same reason. The lineage says which session a client had
/// before, so a packet that many clients get at once makes many chains of one link, and no loop.
class ReconnectLoop : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Malformed,
                                  core::session::FactKind::Answered,
                                  core::session::FactKind::Closed};

  explicit ReconnectLoop(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  struct Link {
    std::string reason;
    core::Instant at;
    std::uint32_t depth = 1;
    std::uint64_t chain = 0;            ///< its first session's id
    std::deque<core::Instant> earlier;  ///< when the links before it were, at most kLoop - 1
  };
  void met(const core::session::Session& session, core::Instant at, Fault fault, std::string reason,
           Evidence evidence);
  void forget(core::Instant at);

  std::map<core::SessionId, Link> links_;
};

}  // namespace rules::storm
