#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "core/limits.hpp"
#include "rules/finding.hpp"

namespace rules {

/// What clients log in with, by number: `"auth":"~1"`, in the order in which findings show it.
///
/// Taps tell equal ones by a hash with a key of their own, which no two runs share. Numbers are the
/// same in a live run and in the analysis of its capture, and people can tell ~1 from ~2.
class AuthNames {
 public:
  /// Gives each hash in the finding's packets its number.
  void name_in(Finding& finding) {
    for (Evidence& evidence : finding.evidence) {
      const std::size_t mark = evidence.packet.find(kMark);
      if (mark == std::string::npos) continue;
      const std::size_t begin = mark + kMark.size();
      const std::size_t end = evidence.packet.find('"', begin);
      if (end == std::string::npos) continue;
      evidence.packet.replace(begin, end - begin,
                              number(evidence.packet.substr(begin, end - begin)));
    }
  }

 private:
  static constexpr std::string_view kMark = "\"auth\":\"~";

  [[nodiscard]] std::string number(const std::string& hash) {
    const auto known = numbers_.find(hash);
    if (known != numbers_.end()) return std::to_string(known->second);
    if (numbers_.size() >= core::limits::kFindingsMax) return "?";
    return std::to_string(numbers_.emplace(hash, numbers_.size() + 1).first->second);
  }

  std::unordered_map<std::string, std::size_t> numbers_;
};

}  // namespace rules
