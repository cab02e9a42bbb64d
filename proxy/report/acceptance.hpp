#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/report/baseline.hpp"
#include "proxy/report/wall_clock.hpp"
#include "rules/finding.hpp"

/// What a run was told beforehand to put up with. Such a finding is reported like any other, says
/// so, and fails nothing.
namespace proxy::report {

/// One `[[ignore]]` of the configuration file.
struct Ignore {
  std::string rule;                  ///< a rule or a group
  std::optional<std::string> ns;     ///< nothing: any
  std::optional<std::string> event;  ///< likewise
  std::string reason;
  std::chrono::year_month_day expires;  ///< it holds through that day, UTC
};

/// What an ignore leaves on a finding.
struct Ignored {
  std::string reason;
  std::chrono::year_month_day expires;
};

/// Whether the baseline holds a finding, where there is one.
enum class Novelty : std::uint8_t { NoBaseline, New, Known };

/// Why a finding fails nothing, if so. Ignored comes first where both are true.
enum class Excuse : std::uint8_t { None, Ignored, Known };

/// A finding's lasting name, and what was said about it beforehand.
struct Assessment {
  std::string fingerprint;
  std::optional<Ignored> ignored;
  Novelty novelty = Novelty::NoBaseline;

  [[nodiscard]] Excuse excuse() const noexcept {
    if (ignored) return Excuse::Ignored;
    return novelty == Novelty::Known ? Excuse::Known : Excuse::None;
  }
};

/// A finding with its assessment.
struct Assessed {
  rules::Finding finding;
  Assessment assessment;
};

/// The ignores and the baseline of a run.
class Acceptance {
 public:
  Acceptance() = default;
  Acceptance(std::vector<Ignore> ignores, std::optional<Baseline> baseline)
      : ignores_(std::move(ignores)), baseline_(std::move(baseline)) {}

  /// The first ignore that takes the finding counts. One that expired before the finding was last
  /// seen takes none, also when that happened while the run went on.
  [[nodiscard]] Assessment assess(const rules::Finding& finding, const WallClock& clock) const;

 private:
  std::vector<Ignore> ignores_;
  std::optional<Baseline> baseline_;
};

/// Whether `name`, a group or a rule, means that rule: `leak` means
/// `leak/orphan-after-parse-error`.
[[nodiscard]] bool means(std::string_view name, std::string_view rule) noexcept;
/// `2026-12-31`.
[[nodiscard]] std::string date_text(std::chrono::year_month_day date);
/// `ignored until 2026-12-31: known, fixed in release 12`, or `known: it is in the baseline`; empty
/// without an excuse. As it was written: printable() is the caller's.
[[nodiscard]] std::string excuse_text(const Assessment& assessment);
/// `, ignored`, `, known` or nothing: behind a confidence.
[[nodiscard]] std::string_view excuse_mark(const Assessment& assessment) noexcept;

}  // namespace proxy::report
