#pragma once

#include <string>

#include "rules/rule.hpp"

namespace rules::handshake {

/// handshake/rejected: a client is turned away for a reason that no other handshake rule names. One
/// finding a reason; `count` says how often.
class Rejected : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Answered,
                                  core::session::FactKind::NoHandshake,
                                  core::session::FactKind::Refused};

  explicit Rejected(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void answered(const core::session::Fact& fact);
  void foreign(const core::session::Fact& fact, Evidence answer);
  void refused(const core::session::Fact& fact);
};

}  // namespace rules::handshake
