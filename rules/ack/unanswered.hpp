#pragma once

#include <cstdint>

#include "rules/rule.hpp"

namespace rules::ack {

/// ack/unanswered: an event asked to be acknowledged and never was. Keeps the AckBooks.

class Unanswered : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message, core::session::FactKind::Ping,
                                  core::session::FactKind::Closed};
  static constexpr bool kMarkedOnly = true;

  explicit Unanswered(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
  void finish(const Ending& ending);

 private:
  enum class When : std::uint8_t { Open, Closed, WatchEnded };
  void look(core::session::Session& session, core::Instant at, core::Duration patience, When when);
};

}  // namespace rules::ack
