#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "proxy/report/acceptance.hpp"
#include "proxy/report/news.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/verdict.hpp"
#include "proxy/report/wall_clock.hpp"
#include "rules/analysis.hpp"

namespace proxy::report {

/// `{"time":"2026-01-01T00:00:00.000Z","level":"warning","message":"..."}`, one line without its
/// end: what --log-format json writes. `level` is a word of --log-level.
[[nodiscard]] std::string log_line(WallClock::Time time, std::string_view level,
                                   std::string_view message);

/// What report::Terminal tells people, for programs that read the log: each finding when it arises
/// or gains confidence, and each withdrawal, as a line whose `message` is its sentence and whose
/// `finding` is the record of --findings; `level` is its severity. On the observer's thread; the
/// verdict on main's, after that.
class LogLines {
 public:
  /// All are borrowed and outlive it.
  LogLines(std::ostream& out, const WallClock& clock, const Redaction& redaction)
      : out_(out), clock_(clock), redaction_(redaction) {}

  void show(const rules::Record& record, const Assessment& assessment);
  /// `verdict` is the record of --findings; the level is error when it fails, warning when it is
  /// inconclusive, else info.
  void show(const Verdict& verdict);

 private:
  std::ostream& out_;
  const WallClock& clock_;
  const Redaction& redaction_;
  News news_;
};

}  // namespace proxy::report
