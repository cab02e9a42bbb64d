#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rules/finding.hpp"
#include "rules/registry.hpp"

namespace proxy::cli {

/// Which findings fail a build: what all `--fail-on` together ask for. A finding meets the gate
/// when one of its clauses takes it.
class Gate {
 public:
  /// One `--fail-on`. Exactly one of `at_least` and `of` is set.
  struct Clause {
    std::optional<rules::Severity> at_least;
    std::string of;  ///< a group, `leak`, or a rule, `leak/orphan-after-parse-error`
    rules::Confidence confidence = rules::Confidence::Likely;
  };

  /// `never`: nothing meets it.
  Gate() = default;
  explicit Gate(std::vector<Clause> clauses) : clauses_(std::move(clauses)) {}

  [[nodiscard]] bool met_by(std::string_view rule, rules::Severity severity,
                            rules::Confidence confidence) const noexcept;
  [[nodiscard]] bool never() const noexcept { return clauses_.empty(); }

 private:
  std::vector<Clause> clauses_;
};

struct FailOnError {
  enum class Code : std::uint8_t { UnknownName, UnknownConfidence, NeverAndMore };
  Code code;
  std::string text;  ///< the part that is wrong
};

/// The gate of all `--fail-on` values: `SEVERITY|GROUP|RULE|never[:CONFIDENCE]`. A severity takes
/// findings at or above it; without a confidence, `likely` is meant. No values at all mean
/// `error:likely`.
[[nodiscard]] tl::expected<Gate, FailOnError> parse_fail_on(
    std::span<const std::string> values, std::span<const rules::Description> known);

/// What `--fail-on` accepts as a name, for the sentence that refuses one: severities, groups,
/// rules, `never`.
[[nodiscard]] std::string fail_on_names(std::span<const rules::Description> known);

/// Whether `--fail-on`, or an ignore, may name it: a rule or the group of one.
[[nodiscard]] bool is_rule_or_group(std::string_view text,
                                    std::span<const rules::Description> known);
/// Groups and rules, for the sentence that refuses another.
[[nodiscard]] std::string rule_names(std::span<const rules::Description> known);

}  // namespace proxy::cli
