#pragma once

#include <cstdint>
#include <unordered_map>

#include "rules/rule.hpp"

namespace rules::duplicate {

/// duplicate/not-on-the-wire: the user says that an event is handled twice (`--handled-twice`), and
/// it was sent once.

class NotOnTheWire : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message};

  explicit NotOnTheWire(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact) {
    if (!context_.settings.handled_twice.empty()) look(fact);
  }
  void finish(const Ending& ending);

 private:
  void look(const core::session::Fact& fact);

  std::unordered_map<std::uint64_t, Evidence> first_;  ///< by topic, of the events asked about
};

}  // namespace rules::duplicate
