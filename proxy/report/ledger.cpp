#include "proxy/report/ledger.hpp"

#include <algorithm>

namespace proxy::report {

Ledger::Class Ledger::class_of(const rules::Finding& finding, const Assessment& assessment) {
  return {finding.rule, finding.severity, finding.confidence, finding.unproven,
          assessment.excuse()};
}

void Ledger::apply(const rules::Record& record, const Assessment& assessment) {
  const std::lock_guard lock(mutex_);
  if (const auto* withdrawn = std::get_if<rules::Withdrawn>(&record)) {
    const auto found = findings_.find(withdrawn->number);
    if (found == findings_.end()) return;
    ++counts_[found->second.finding.rule].withdrawn;
    findings_.erase(found);
    return;
  }
  const auto& finding = std::get<rules::Finding>(record);
  if (finding.number <= forgotten_) return;
  const bool is_new = finding.number > newest_;
  newest_ = std::max(newest_, finding.number);
  if (is_new) ++counts_[finding.rule].raised;
  if (findings_.contains(finding.number) || (is_new && findings_.size() < findings_max_))
    findings_.insert_or_assign(finding.number, Assessed{finding, assessment});
  else if (is_new)
    ++beyond_[class_of(finding, assessment)];
}

void Ledger::reset() {
  const std::lock_guard lock(mutex_);
  findings_.clear();
  beyond_.clear();
  forgotten_ = newest_;
}

std::vector<Assessed> Ledger::findings() const {
  const std::lock_guard lock(mutex_);
  std::vector<Assessed> all;
  all.reserve(findings_.size());
  for (const auto& [number, assessed] : findings_) all.push_back(assessed);
  return all;
}

std::map<std::string_view, Ledger::RuleCount> Ledger::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::uint64_t Ledger::only_counted() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  for (const auto& [key, of_class] : beyond_) count += of_class;
  return count;
}

std::vector<FindingClass> Ledger::classes() const {
  const std::lock_guard lock(mutex_);
  std::map<Class, std::uint64_t> counts = beyond_;
  for (const auto& [number, assessed] : findings_)
    ++counts[class_of(assessed.finding, assessed.assessment)];

  std::vector<FindingClass> classes;
  for (const auto& [key, count] : counts)
    classes.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), count,
                       std::get<3>(key), std::get<4>(key)});
  return classes;
}

}  // namespace proxy::report
