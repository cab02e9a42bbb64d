#include "proxy/report/acceptance.hpp"

#include <algorithm>
#include <cstdio>

#include "proxy/report/fingerprint.hpp"

namespace proxy::report {

bool means(std::string_view name, std::string_view rule) noexcept {
  return name == rule || name == rule.substr(0, rule.find('/'));
}

Assessment Acceptance::assess(const rules::Finding& finding, const WallClock& clock) const {
  Assessment assessment{.fingerprint = fingerprint(finding), .ignored = {}};
  if (!ignores_.empty()) {
    const Subject subject = subject_of(finding);
    const auto day = clock.day(finding.last_seen);
    const auto takes = [&](const Ignore& ignore) {
      return means(ignore.rule, finding.rule) && (!ignore.ns || ignore.ns == subject.ns) &&
             (!ignore.event || ignore.event == subject.event) &&
             day <= std::chrono::sys_days(ignore.expires);
    };
    const auto found = std::find_if(ignores_.begin(), ignores_.end(), takes);
    if (found != ignores_.end()) assessment.ignored = Ignored{found->reason, found->expires};
  }
  if (baseline_)
    assessment.novelty = baseline_->holds(assessment.fingerprint) ? Novelty::Known : Novelty::New;
  return assessment;
}

std::string date_text(std::chrono::year_month_day date) {
  char text[24];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

std::string excuse_text(const Assessment& assessment) {
  switch (assessment.excuse()) {
    case Excuse::None:
      return "";
    case Excuse::Ignored:
      return "ignored until " + date_text(assessment.ignored->expires) + ": " +
             assessment.ignored->reason;
    case Excuse::Known:
      return "known: it is in the baseline";
  }
  return "";
}

std::string_view excuse_mark(const Assessment& assessment) noexcept {
  switch (assessment.excuse()) {
    case Excuse::None:
      return "";
    case Excuse::Ignored:
      return ", ignored";
    case Excuse::Known:
      return ", known";
  }
  return "";
}

}  // namespace proxy::report
