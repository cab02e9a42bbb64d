#include "rules/registry.hpp"

#include <algorithm>
#include <array>

#include "rules/all_rules.hpp"
#include "rules/duplicate/over_orphan.hpp"
#include "rules/leak/orphan_after_parse_error.hpp"

namespace rules {
namespace {

template <class... Rules>
auto descriptions_of(const RuleSet<Rules...>*) {
  return std::array<Description, 2 + sizeof...(Rules)>{leak::OrphanAfterParseError::kDescription,
                                                       duplicate::OverOrphan::kDescription,
                                                       Rules::kDescription...};
}

std::string_view group_of(std::string_view id) { return id.substr(0, id.find('/')); }

}  // namespace

std::span<const Description> registry() noexcept {
  static const auto rules = [] {
    auto all = descriptions_of(static_cast<const AllRules*>(nullptr));
    constexpr std::array kGroups{"leak",      "duplicate", "ack",      "handshake",
                                 "transport", "protocol",  "recovery", "storm"};
    const auto rank = [&](const Description& rule) {
      return std::find(kGroups.begin(), kGroups.end(), group_of(rule.id));
    };
    std::stable_sort(all.begin(), all.end(),
                     [&](const Description& a, const Description& b) { return rank(a) < rank(b); });
    return all;
  }();
  return rules;
}

const Description* find_rule(std::string_view id) noexcept {
  for (const Description& rule : registry())
    if (rule.id == id) return &rule;
  return nullptr;
}

}  // namespace rules
