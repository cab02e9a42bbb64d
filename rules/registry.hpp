#pragma once

#include <span>
#include <string_view>

#include "rules/finding.hpp"

namespace rules {

/// What a rule is, as `sioscope rules`, rules/README.md and reports tell it. Text is static.
struct Description {
  std::string_view id;  ///< `leak/orphan-after-parse-error`
  Severity severity;
  std::string_view summary;  ///< what it is, one sentence
  std::string_view why;      ///< why it matters
  std::string_view proof;    ///< what has to be seen, and what confidence it gives
  std::string_view silent;   ///< when it stays silent
  std::string_view remedy;
  std::string_view source;  ///< specification section or public thread
};

/// Every rule, listed by hand, in the order reports show them.
[[nodiscard]] std::span<const Description> registry() noexcept;
/// The rule of that id, or nullptr.
[[nodiscard]] const Description* find_rule(std::string_view id) noexcept;

}  // namespace rules
