#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "proxy/admin/numbers.hpp"
#include "proxy/otlp/settings.hpp"
#include "proxy/report/acceptance.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/wall_clock.hpp"
#include "rules/analysis.hpp"

namespace proxy::otlp {

/// How long what takes. The first two are the specification's (batch log record processor).
struct Pace {
  std::chrono::milliseconds log_delay{1'000};  ///< a record waits so long for company
  std::size_t log_batch = 512;                 ///< records of one request
  std::size_t log_queue = 2'048;               ///< records that wait; more are dropped
  /// Between a failure and the next try: doubled each time, and shortened at random by up to half,
  /// so that many sidecars do not come back at once.
  std::chrono::milliseconds retry_first{1'000};
  std::chrono::milliseconds retry_max{60'000};
  std::chrono::milliseconds flush{3'000};  ///< all there is for what is left at the end
};

/// What it exports from. Everything referred to outlives it.
struct Sources {
  std::function<admin::Numbers()> numbers;  ///< called on its thread
  report::WallClock clock;
  report::Redaction redaction;
  std::shared_ptr<spdlog::logger> log;
};

/// Pushes metrics at an interval, and findings soon after they arise, on a thread of its own.
///
/// A batch that is not taken is tried again for as long as the queue behind it has room; metrics
/// are cumulative, so a later attempt simply sends newer ones. What a collector refuses for good is
/// dropped and counted. The first failure in a row is said, and that it is over.
class Exporter {
 public:
  /// What is told from now on is kept; it is sent once start() was called.
  explicit Exporter(Settings settings, Sources sources, const Pace& pace = {});
  /// As finish().
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  void start();
  /// Findings and withdrawals that are news (report::News) are queued; it waits for nobody. From
  /// one thread at a time.
  void tell(const rules::Record& record, const report::Assessment& assessment);
  /// By signal. From any thread.
  [[nodiscard]] std::vector<admin::Numbers::Exported> counts() const;
  /// Sends what is left and the last metrics, once each, for Pace::flush at most; then `sources`
  /// are asked no more. What is told afterwards goes nowhere.
  void finish();

 private:
  struct State;
  /// Shared with the thread: looking up a name cannot be interrupted, and a thread that hangs in
  /// it at the end is left to itself.
  std::shared_ptr<State> state_;
  struct Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace proxy::otlp
