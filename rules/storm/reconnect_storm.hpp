#pragma once

#include <cstddef>
#include <deque>

#include "rules/rule.hpp"

namespace rules::storm {

/// storm/reconnect-storm: many sessions were lost at once, and their clients came back at once.
class ReconnectStorm : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Closed,
                                  core::session::FactKind::Answered};

  explicit ReconnectStorm(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void lost(core::Instant at);
  void asked(core::Instant at, core::Instant now);

  std::deque<core::Instant> losses_;    ///< within the last second
  std::deque<core::Instant> requests_;  ///< handshakes asked for within the last quarter, in order
  std::size_t lost_ = 0;                ///< the present storm's, at its height; 0: none
  std::size_t most_ = 0;                ///< ... the most handshakes told of
  core::Instant began_{};               ///< ... its first loss
  core::Instant ended_{};               ///< ... its latest
};

}  // namespace rules::storm
