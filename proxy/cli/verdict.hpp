#pragma once

#include <optional>

#include "proxy/cli/fail_on.hpp"
#include "proxy/report/ledger.hpp"
#include "proxy/report/verdict.hpp"

namespace proxy::cli {

/// Exit codes of the contract. A failing command of `check` keeps its own instead.
inline constexpr int kExitClean = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInconclusive = 3;

/// What a run left behind, to be judged.
struct Outcome {
  rules::Tally tally;
  std::vector<report::FindingClass> findings;  ///< what stands
  bool suspects = false;         ///< some are open that nothing would excuse: a run that goes on
  bool findings_lost = false;    ///< the findings file could not be written
  bool report_lost = false;      ///< likewise a --report
  bool capture_damaged = false;  ///< part of a capture could not be read, or was never in it
  bool only_counted = false;     ///< findings that belong here may have been left out
  std::optional<int> child_exit;
};

/// Whether a run without Socket.IO traffic is suspicious: always under `check`, of a capture, and
/// of a replay.
enum class Traffic : std::uint8_t { Optional, Expected, Captured, Replayed };

/// The verdict. `findings`, exit code 1, when something meets the gate. Else `inconclusive`, 3,
/// when there is a doubt. Else 0: `findings` when something likely stands that the gate lets pass,
/// so that nobody reads "clean" above a list of findings; `clean` when nothing does.
///
/// What is excused, by an ignore or the baseline, meets no gate, leaves no doubt by being unproven,
/// and does not keep a verdict from being clean: somebody has said that it may stand. It is
/// counted.
[[nodiscard]] report::Verdict judge(Outcome outcome, const Gate& gate, Traffic traffic);

/// What the process exits with: the command's own code when it failed, else ours.
[[nodiscard]] int exit_code(const report::Verdict& verdict) noexcept;

}  // namespace proxy::cli
