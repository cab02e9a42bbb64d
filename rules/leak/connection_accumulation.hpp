#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/connection-accumulation: one client's live sessions grow, one by one, and none ends.

class ConnectionAccumulation : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Connecting,
                                  core::session::FactKind::Closed};

  explicit ConnectionAccumulation(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  /// The live sessions of one client, as far as known.
  struct Crowd {
    std::uint32_t live = 0;
    std::uint32_t steps = 0;  ///< times that it grew, kStep apart, since one of them ended
    core::Instant grew{};
    std::vector<core::SessionId> grown;            ///< the latest of them
    core::SessionId told = core::SessionId::None;  ///< about whom the finding is
  };
  void judge(Crowd& crowd, const core::session::Session& youngest, core::Instant at);

  std::unordered_map<std::uint64_t, Crowd> crowds_;
  std::unordered_map<core::SessionId, std::uint64_t> crowd_of_;  ///< of open sessions
};

}  // namespace rules::leak
