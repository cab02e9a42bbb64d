#include "proxy/cli/fail_on.hpp"

#include <algorithm>

#include "proxy/report/acceptance.hpp"

namespace proxy::cli {
namespace {

constexpr rules::Severity kSeverities[] = {rules::Severity::Info, rules::Severity::Warning,
                                           rules::Severity::Error};
constexpr rules::Confidence kConfidences[] = {
    rules::Confidence::Possible, rules::Confidence::Likely, rules::Confidence::Certain};

std::string_view group_of(std::string_view rule) { return rule.substr(0, rule.find('/')); }

/// The value of an enum by the name that reports use.
template <class Value, std::size_t N>
std::optional<Value> named(std::string_view text, const Value (&values)[N]) {
  for (const Value value : values)
    if (rules::name(value) == text) return value;
  return std::nullopt;
}

}  // namespace

bool Gate::met_by(std::string_view rule, rules::Severity severity,
                  rules::Confidence confidence) const noexcept {
  return std::any_of(clauses_.begin(), clauses_.end(), [&](const Clause& clause) {
    if (confidence < clause.confidence) return false;
    if (clause.at_least) return severity >= *clause.at_least;
    return report::means(clause.of, rule);
  });
}

tl::expected<Gate, FailOnError> parse_fail_on(std::span<const std::string> values,
                                              std::span<const rules::Description> known) {
  using Code = FailOnError::Code;
  if (values.empty()) return Gate({{rules::Severity::Error, "", rules::Confidence::Likely}});

  std::vector<Gate::Clause> clauses;
  bool never = false;
  for (const std::string_view value : values) {
    const std::size_t colon = value.find(':');
    const std::string_view name = value.substr(0, colon);
    Gate::Clause clause;
    if (colon != std::string_view::npos) {
      const auto confidence = named(value.substr(colon + 1), kConfidences);
      if (!confidence)
        return tl::unexpected(
            FailOnError{Code::UnknownConfidence, std::string(value.substr(colon + 1))});
      clause.confidence = *confidence;
    }

    clause.at_least = named(name, kSeverities);
    if (name == "never") {
      never = true;
      continue;
    }
    if (!clause.at_least && !is_rule_or_group(name, known))
      return tl::unexpected(FailOnError{Code::UnknownName, std::string(name)});
    if (!clause.at_least) clause.of = name;
    clauses.push_back(std::move(clause));
  }
  if (never && !clauses.empty()) return tl::unexpected(FailOnError{Code::NeverAndMore, "never"});
  return Gate(std::move(clauses));
}

std::string fail_on_names(std::span<const rules::Description> known) {
  return "info, warning, error, " + rule_names(known) + ", never";
}

bool is_rule_or_group(std::string_view text, std::span<const rules::Description> known) {
  return std::any_of(known.begin(), known.end(),
                     [&](const rules::Description& rule) { return report::means(text, rule.id); });
}

std::string rule_names(std::span<const rules::Description> known) {
  std::string names;
  const auto add = [&](std::string_view name) {
    names.append(names.empty() ? "" : ", ").append(name);
  };
  std::string_view last_group;
  for (const rules::Description& rule : known)
    if (group_of(rule.id) != last_group) add(last_group = group_of(rule.id));
  for (const rules::Description& rule : known) add(rule.id);
  return names;
}

}  // namespace proxy::cli
