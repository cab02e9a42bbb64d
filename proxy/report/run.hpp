#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/report/ledger.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/verdict.hpp"
#include "proxy/report/wall_clock.hpp"
#include "rules/registry.hpp"

/// What every report is made of, prepared once: a format turns a Run into text and does nothing
/// else, so none of them can forget to hide a secret or judge by itself.
namespace proxy::report {

/// A finding as reports may show it: its secrets are already hidden.
struct Told {
  rules::Finding finding;
  bool fails = false;  ///< it meets `--fail-on`, and nothing excuses it
  Assessment assessment = {};
};

/// A rule, and what came of it. The numbers are exact even when not every finding was kept.
struct RuleRow {
  rules::Description rule;
  std::uint64_t findings = 0;
  std::uint64_t failing = 0;
  std::uint64_t excused = 0;  ///< ignored, or in the baseline
};

struct Run {
  Verdict verdict;
  std::vector<Told> findings;        ///< those that fail first, else in the order they arose
  std::uint64_t findings_total = 0;  ///< more than `findings` holds when not all were kept
  std::vector<RuleRow> rules;        ///< every rule there is, in the registry's order
  WallClock clock;
  core::Instant ended;
  Redaction::Mode sids = Redaction::Mode::Shorten;
};

/// For functions that want a Redaction, where a Told is given to them.
inline const Redaction kHiddenAlready{Redaction::Mode::Reveal};

/// Whether such a finding meets `--fail-on`.
using Fails = std::function<bool(std::string_view rule, rules::Severity, rules::Confidence)>;

[[nodiscard]] Run gather(Verdict verdict, std::vector<Assessed> findings,
                         std::span<const FindingClass> classes,
                         std::span<const rules::Description> rules, const Fails& fails,
                         const Redaction& redaction, const WallClock& clock, core::Instant ended);

/// How loud a report of three levels says it. What is only possible and fails nothing is told
/// quietly, whatever its severity: it may be innocent. So is what the user excused.
enum class Level : std::uint8_t { Note, Warning, Error };
[[nodiscard]] Level level_of(const Told& told) noexcept;
/// `note`, `warning`, `error`: SARIF's words.
[[nodiscard]] std::string_view name(Level level) noexcept;

/// `f-1`, `s-12`.
[[nodiscard]] std::string label(const rules::Finding& finding);
[[nodiscard]] std::string label(core::SessionId session);
/// `certain`, or `possible, unproven`, or `certain, ignored`.
[[nodiscard]] std::string confidence_text(const Told& told);
/// `to client`, `to server`.
[[nodiscard]] std::string_view direction_text(core::Direction direction) noexcept;
/// What was seen, as people read it: the packet if there is one, else its kind. Printable.
[[nodiscard]] std::string seen_text(const rules::Evidence& evidence);

}  // namespace proxy::report
