#pragma once

#include <cstdint>

#include "rules/rule.hpp"

namespace rules::duplicate {

/// What came so far of a flush.
struct Flush {
  core::Instant until{};  ///< default: its session is not one that came back
  core::Instant latest{};
  std::uint64_t topic = 0;
  std::uint64_t content = 0;
  std::uint32_t events = 0;
  std::uint32_t copies = 0;
};

/// duplicate/buffered-flush: what a client emitted while it was away comes all at once when it is
/// back.

class BufferedFlush : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Connected,
                                  core::session::FactKind::Message};

  explicit BufferedFlush(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact) {
    if (fact.session->life > 1) look(fact);  // Few have come back.
  }

 private:
  void look(const core::session::Fact& fact);
};

}  // namespace rules::duplicate
