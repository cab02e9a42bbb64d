#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/limits.hpp"
#include "proxy/report/acceptance.hpp"
#include "rules/analysis.hpp"
#include "rules/finding.hpp"

namespace proxy::report {

/// Findings that are judged alike.
struct FindingClass {
  std::string_view rule;
  rules::Severity severity = rules::Severity::Error;
  rules::Confidence confidence = rules::Confidence::Possible;
  std::uint64_t count = 0;
  bool unproven = false;
  Excuse excuse = Excuse::None;
};

/// What stands: every finding in its last form, without the withdrawn ones. Filled by the
/// observer's thread, read by the admin server's and by main, each under the lock.
///
/// Past limits::kFindingsMax findings only their classes are counted, as they first arose.
class Ledger {
 public:
  explicit Ledger(std::size_t findings_max = core::limits::kFindingsMax)
      : findings_max_(findings_max) {}

  /// The assessment is the finding's; a withdrawal needs none.
  void apply(const rules::Record& record, const Assessment& assessment = {});
  /// Everything so far is forgotten, also when it grows later. What counts() says stays.
  void reset();

  /// In the order they arose.
  [[nodiscard]] std::vector<Assessed> findings() const;
  [[nodiscard]] std::vector<FindingClass> classes() const;
  /// Findings of which only the class is kept.
  [[nodiscard]] std::uint64_t only_counted() const;
  /// What was ever said, for counters that never fall.
  struct RuleCount {
    std::uint64_t raised = 0;
    std::uint64_t withdrawn = 0;
  };
  [[nodiscard]] std::map<std::string_view, RuleCount> counts() const;

 private:
  using Class = std::tuple<std::string_view, rules::Severity, rules::Confidence, bool, Excuse>;
  [[nodiscard]] static Class class_of(const rules::Finding& finding, const Assessment& assessment);

  std::size_t findings_max_;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, Assessed> findings_;
  std::uint32_t newest_ = 0;     ///< numbers rise: past it a finding is new
  std::uint32_t forgotten_ = 0;  ///< up to it reset() has them forgotten
  std::map<Class, std::uint64_t> beyond_;
  std::map<std::string_view, RuleCount> counts_;
};

}  // namespace proxy::report
