#pragma once

#include "rules/duplicate/offsets.hpp"
#include "rules/rule.hpp"

namespace rules::duplicate {

/// duplicate/same-offset: a recovery offset came twice. Offsets are unique, so this is proof, as
/// far as it is an offset (offsets.hpp).

class SameOffset : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message};
  static constexpr bool kMarkedOnly = true;

  explicit SameOffset(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  [[nodiscard]] bool is_sure(const core::session::Session& session,
                             const Offsets::Offset& offset) const;
};

}  // namespace rules::duplicate
