#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

#include "proxy/report/acceptance.hpp"
#include "proxy/report/paint.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/wall_clock.hpp"
#include "rules/analysis.hpp"

namespace proxy::report {

/// A finding for people: what, how sure, the frames with their times, and what to do. Several
/// lines.
[[nodiscard]] std::string describe(const rules::Finding& finding, const WallClock& clock,
                                   const Redaction& redaction, Colours colours,
                                   const Assessment& assessment = {});

/// Tells a person what happens while it happens: each finding once in full, a line when it gains
/// confidence or is withdrawn, nothing when only its count grows. Findings come on the observer's
/// thread, progress on main's; a lock keeps their lines apart.
class Terminal {
 public:
  enum class Progress : std::uint8_t {
    Off,
    On
  };  ///< On needs a terminal: the line is rewritten in place

  /// All are borrowed and outlive it.
  Terminal(std::ostream& out, const WallClock& clock, const Redaction& redaction, Colours colours,
           Progress progress);

  void show(const rules::Record& record, const Assessment& assessment = {});
  /// One line that replaces the one before; empty to take it away.
  void progress(std::string_view line);

 private:
  void show_finding(const rules::Finding& finding, const Assessment& assessment);
  void erase_progress();

  /// Findings told in full; later ones get one line each, or a flood would drown what came first.
  static constexpr std::size_t kToldInFullMax = 20;
  /// Findings remembered, to tell growth from news.
  static constexpr std::size_t kRememberedMax = 10'000;

  std::ostream& out_;
  const WallClock& clock_;
  const Redaction& redaction_;
  Colours colours_;
  Progress progress_;
  std::mutex mutex_;
  bool progress_shown_ = false;
  std::map<std::uint32_t, rules::Confidence> shown_;
};

}  // namespace proxy::report
