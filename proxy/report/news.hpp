#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <variant>

#include "rules/analysis.hpp"

namespace proxy::report {

/// Tells which records are worth a line in a log: a finding when it arises or gains confidence, and
/// the withdrawal of one that was told. Not that its count grew.
class News {
 public:
  /// The record is told now, if it is news.
  [[nodiscard]] bool is_news(const rules::Record& record) {
    if (const auto* const withdrawn = std::get_if<rules::Withdrawn>(&record))
      return told_.erase(withdrawn->number) != 0;
    const auto& finding = std::get<rules::Finding>(record);
    const auto known = told_.find(finding.number);
    if (known == told_.end() ? told_.size() >= kRememberedMax : known->second == finding.confidence)
      return false;
    told_.insert_or_assign(finding.number, finding.confidence);
    return true;
  }

 private:
  /// Findings remembered, to tell growth from news; past it nothing is news.
  static constexpr std::size_t kRememberedMax = 10'000;
  std::map<std::uint32_t, rules::Confidence> told_;
};

}  // namespace proxy::report
