#include "proxy/cli/verdict.hpp"

#include <algorithm>

namespace proxy::cli {
namespace {

std::vector<report::Doubt> doubts_of(const Outcome& outcome, Traffic traffic) {
  std::vector<report::Doubt> doubts;
  if (traffic != Traffic::Optional && outcome.tally.sessions == 0 &&
      outcome.tally.unobserved.empty())
    doubts.push_back(traffic == Traffic::Captured   ? report::Doubt::NothingCaptured
                     : traffic == Traffic::Replayed ? report::Doubt::NothingReplayed
                                                    : report::Doubt::NoTraffic);
  if (!outcome.tally.unobserved.empty()) doubts.push_back(report::Doubt::Unobserved);
  const bool unproven = std::any_of(
      outcome.findings.begin(), outcome.findings.end(), [](const report::FindingClass& finding) {
        return finding.unproven && finding.excuse == report::Excuse::None;
      });
  if (unproven || outcome.suspects) doubts.push_back(report::Doubt::Unproven);
  if (outcome.capture_damaged) doubts.push_back(report::Doubt::CaptureDamaged);
  if (outcome.findings_lost) doubts.push_back(report::Doubt::FindingsNotKept);
  if (outcome.report_lost) doubts.push_back(report::Doubt::ReportNotWritten);
  if (outcome.only_counted) doubts.push_back(report::Doubt::OnlyCounted);
  return doubts;
}

}  // namespace

report::Verdict judge(Outcome outcome, const Gate& gate, Traffic traffic) {
  const auto stands = [&](auto&& asks) {
    return std::any_of(outcome.findings.begin(), outcome.findings.end(),
                       [&](const report::FindingClass& finding) {
                         return finding.excuse == report::Excuse::None && asks(finding);
                       });
  };
  const bool gate_met = stands([&](const report::FindingClass& finding) {
    return gate.met_by(finding.rule, finding.severity, finding.confidence);
  });
  const bool worth_telling = stands([](const report::FindingClass& finding) {
    return finding.severity >= rules::Severity::Warning &&
           finding.confidence >= rules::Confidence::Likely;
  });

  report::Verdict verdict;
  verdict.doubts = doubts_of(outcome, traffic);
  for (const report::FindingClass& finding : outcome.findings) {
    if (finding.excuse == report::Excuse::Ignored) verdict.ignored += finding.count;
    if (finding.excuse == report::Excuse::Known) verdict.known += finding.count;
  }
  verdict.tally = std::move(outcome.tally);
  verdict.child_exit = outcome.child_exit;
  if (gate_met) {
    verdict.result = report::Result::Findings;
    verdict.own_exit = kExitFindings;
  } else if (!verdict.doubts.empty()) {
    verdict.result = report::Result::Inconclusive;
    verdict.own_exit = kExitInconclusive;
  } else if (worth_telling) {
    verdict.result = report::Result::Findings;
  }
  return verdict;
}

int exit_code(const report::Verdict& verdict) noexcept {
  return verdict.child_exit.value_or(0) != 0 ? *verdict.child_exit : verdict.own_exit;
}

}  // namespace proxy::cli
