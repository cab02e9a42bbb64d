#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/instant.hpp"
#include "proxy/observe/event_ring.hpp"
#include "proxy/observe/merge.hpp"
#include "proxy/observe/sleeper.hpp"
#include "rules/analysis.hpp"

namespace proxy::observe {

/// What the observer knows at one moment.
struct Snapshot {
  rules::Tally tally;
  rules::Analysis::Live live;
  rules::Traffic traffic;
  std::vector<rules::Suspect> suspects;  ///< still open, and neither proven nor refuted
  core::Instant at{};  ///< of snapshot_after(): what happened before is in it, and nothing else
};

/// The one thread that sees everything: it merges the rings of all loops into one ordered stream,
/// feeds it to the analysis, and hands on what the analysis says.
///
/// While events flow it drains every kDrainInterval and is never woken per batch; when they stop it
/// sleeps, and the first event after that wakes it.
class Observer {
 public:
  /// Called on the observer's thread, in order.
  using RecordSink = std::function<void(const rules::Record&)>;

  Observer(std::size_t rings, RecordSink sink, const rules::Settings& settings = {});
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  /// The ring of one I/O loop. Lives as long as the observer.
  [[nodiscard]] EventRing& ring(std::size_t loop) noexcept { return *rings_[loop]; }
  /// From any thread, when a ring wants_wake().
  void wake() noexcept;

  /// Before start(): asked about once a second, on the observer's thread, whether memory is short.
  void ask_for_memory(std::function<bool()> is_short) { is_memory_short_ = std::move(is_short); }
  void start();
  /// When its thread last looked for events. From any thread: one that looked long ago hangs.
  [[nodiscard]] core::Instant looked_at() const noexcept {
    return core::Instant(core::Duration(looked_at_.load(std::memory_order_relaxed)));
  }
  /// From any thread.
  [[nodiscard]] Snapshot snapshot();
  /// Likewise, once everything before `instant` has been analysed: waits for that, some
  /// milliseconds as a rule. The observer waits for nobody. After finish() it returns at once.
  [[nodiscard]] Snapshot snapshot_after(core::Instant instant);
  /// After the loops stopped: drains what is left, ends the analysis, joins the thread. Its records
  /// have been handed on when it returns. Call it once.
  /// @param command_ended When the watched command did; default: there is none.
  [[nodiscard]] Snapshot finish(core::Instant command_ended = {});

 private:
  void run();
  /// Takes events up to the low-water mark; true when there were any.
  bool drain(core::Instant now);
  void report_lost();
  void look_at_memory(core::Instant now);
  void hand_on();
  [[nodiscard]] Snapshot snapshot_locked() const;

  Rings<core::Event> rings_;
  std::vector<std::uint64_t> lost_reported_;
  RecordSink sink_;
  std::mutex analysis_mutex_;  ///< the observer's thread against snapshot(); never a loop
  rules::Analysis analysis_;
  core::Instant latest_;              ///< the last event that was analysed
  core::Instant reached_;             ///< everything before it has been analysed
  std::condition_variable progress_;  ///< reached_ has moved, and somebody asked
  std::size_t waiting_ = 0;           ///< how many ask
  bool finished_ = false;

  std::function<bool()> is_memory_short_;
  core::Instant memory_looked_at_;
  bool memory_was_short_ = false;
  std::atomic<core::Duration::rep> looked_at_{0};
  Sleeper sleeper_;
  std::thread thread_;
};

}  // namespace proxy::observe
