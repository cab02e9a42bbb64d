#pragma once

#include <span>
#include <string>

#include "rules/registry.hpp"

namespace proxy::cli {

/// One line a rule.
[[nodiscard]] std::string rules_list(std::span<const rules::Description> known);
/// Everything about one rule.
[[nodiscard]] std::string rule_page(const rules::Description& rule);
/// The table of rules/README.md, from its heading line to its last row.
[[nodiscard]] std::string rules_markdown(std::span<const rules::Description> known);

}  // namespace proxy::cli
