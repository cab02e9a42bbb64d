#include "proxy/report/ledger.hpp"

namespace proxy::report {

void Ledger::apply(const rules::Record& record) {
  const std::lock_guard lock(mutex_);
  if (const auto* withdrawn = std::get_if<rules::Withdrawn>(&record)) {
    const auto found = findings_.find(withdrawn->number);
    if (found == findings_.end()) return;
    ++counts_[found->second.rule].withdrawn;
    findings_.erase(found);
    return;
  }
  const auto& finding = std::get<rules::Finding>(record);
  const bool known = findings_.contains(finding.number);
  if (!known) ++counts_[finding.rule].raised;
  if (known || findings_.size() < findings_max_)
    findings_.insert_or_assign(finding.number, finding);
  else
    ++beyond_[{finding.rule, finding.severity, finding.confidence}];
}

std::vector<rules::Finding> Ledger::findings() const {
  const std::lock_guard lock(mutex_);
  std::vector<rules::Finding> all;
  all.reserve(findings_.size());
  for (const auto& [number, finding] : findings_) all.push_back(finding);
  return all;
}

std::map<std::string_view, Ledger::RuleCount> Ledger::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::vector<FindingClass> Ledger::classes() const {
  const std::lock_guard lock(mutex_);
  std::map<Class, std::uint64_t> counts = beyond_;
  for (const auto& [number, finding] : findings_)
    ++counts[{finding.rule, finding.severity, finding.confidence}];

  std::vector<FindingClass> classes;
  for (const auto& [key, count] : counts)
    classes.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), count});
  return classes;
}

}  // namespace proxy::report
