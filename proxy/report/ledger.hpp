#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/limits.hpp"
#include "rules/analysis.hpp"
#include "rules/finding.hpp"

namespace proxy::report {

/// Findings of one rule at one severity and confidence.
struct FindingClass {
  std::string_view rule;
  rules::Severity severity = rules::Severity::Error;
  rules::Confidence confidence = rules::Confidence::Possible;
  std::uint64_t count = 0;
};

/// What stands: every finding in its last form, without the withdrawn ones. Filled by the
/// observer's thread, read by the admin server's and by main, each under the lock.
///
/// Past limits::kFindingsMax findings only their classes are counted; those no longer grow, so that
/// is exact.
class Ledger {
 public:
  explicit Ledger(std::size_t findings_max = core::limits::kFindingsMax)
      : findings_max_(findings_max) {}

  void apply(const rules::Record& record);

  /// In the order they arose.
  [[nodiscard]] std::vector<rules::Finding> findings() const;
  [[nodiscard]] std::vector<FindingClass> classes() const;
  /// What was ever said, for counters that never fall.
  struct RuleCount {
    std::uint64_t raised = 0;
    std::uint64_t withdrawn = 0;
  };
  [[nodiscard]] std::map<std::string_view, RuleCount> counts() const;

 private:
  using Class = std::tuple<std::string_view, rules::Severity, rules::Confidence>;

  std::size_t findings_max_;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, rules::Finding> findings_;
  std::map<Class, std::uint64_t> beyond_;
  std::map<std::string_view, RuleCount> counts_;
};

}  // namespace proxy::report
