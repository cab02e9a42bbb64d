#include "proxy/observe/observer.hpp"

#include <algorithm>

#include "core/limits.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::observe {
namespace {

using namespace std::chrono_literals;

/// A wake costs 5 us, ten times a whole message, so while events flow we look by ourselves.
constexpr auto kDrainInterval = 5ms;
/// Events may stop for this long before we go to sleep.
constexpr auto kQuietBeforeSleep = 50ms;
/// Asleep, deadlines still fall due; this is how late they may be noticed (they carry their own
/// instant).
constexpr auto kSleepMax = 100ms;
/// Events analysed in one go before snapshot() gets a chance.
constexpr std::size_t kBatchEvents = 4096;
constexpr auto kMemoryInterval = 1s;

}  // namespace

Observer::Observer(std::size_t rings, RecordSink sink, const rules::Settings& settings)
    : lost_reported_(rings, 0), sink_(std::move(sink)), analysis_(settings) {
  for (std::size_t i = 0; i < rings; ++i)
    rings_.push_back(std::make_unique<EventRing>(core::limits::kEventRingBytes));
}

Observer::~Observer() {
  if (thread_.joinable()) static_cast<void>(finish());
}

void Observer::wake() noexcept { sleeper_.wake(); }

void Observer::start() {
  thread_ = std::thread([this] { run(); });
}

void Observer::run() {
  core::Instant last_event = now();
  while (true) {
    const core::Instant time = now();
    if (drain(time)) last_event = time;
    look_at_memory(time);

    const bool quiet = time - last_event > kQuietBeforeSleep;
    if (quiet && !ask_wake(rings_)) continue;
    if (!sleeper_.wait(quiet ? core::Duration(kSleepMax) : core::Duration(kDrainInterval))) return;
  }
}

bool Observer::drain(core::Instant time) {
  const core::Instant low = std::max(low_water_of(rings_, time), reached_);

  bool any = false;
  for (bool more = true; more;) {
    looked_at_.store(now().time_since_epoch().count(), std::memory_order_relaxed);
    const std::lock_guard lock(analysis_mutex_);
    report_lost();
    more = false;
    for (std::size_t taken = 0; taken < kBatchEvents; ++taken) {
      const auto [ring, event] = next_of(rings_, low);
      if (event == nullptr) break;
      latest_ = event->at;
      analysis_.observe({*event, ring->front_text()});
      ring->pop();
      any = true;
      more = taken + 1 == kBatchEvents;
    }
    if (!more) {
      analysis_.advance(low);
      reached_ = low;
    }
    hand_on();
    if (!more && waiting_ > 0) progress_.notify_all();
  }
  return any;
}

void Observer::look_at_memory(core::Instant time) {
  if (!is_memory_short_ || time - memory_looked_at_ < kMemoryInterval) return;
  memory_looked_at_ = time;
  const bool is_short = is_memory_short_();
  if (!is_short && !memory_was_short_) return;
  memory_was_short_ = is_short;
  const std::lock_guard lock(analysis_mutex_);
  analysis_.set_short_of_memory(is_short);
}

/// Told ahead of the events that came after the loss: they prove less.
void Observer::report_lost() {
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    const std::uint64_t lost = rings_[i]->lost();
    if (lost == lost_reported_[i]) continue;
    core::Event event{};
    event.at = std::max(latest_, reached_);
    event.kind = core::EventKind::Unobserved;
    event.unobserved.reason = core::Unobserved::RingOverflow;
    event.unobserved.count = static_cast<std::uint32_t>(lost - lost_reported_[i]);
    lost_reported_[i] = lost;
    analysis_.observe({event, {}});
  }
}

void Observer::hand_on() {
  for (const rules::Record& record : analysis_.take_records()) sink_(record);
}

Snapshot Observer::snapshot_locked() const {
  return {.tally = analysis_.tally(),
          .live = analysis_.live(),
          .traffic = analysis_.traffic(),
          .suspects = analysis_.unsettled(),
          .at = reached_};
}

Snapshot Observer::snapshot() {
  const std::lock_guard lock(analysis_mutex_);
  return snapshot_locked();
}

Snapshot Observer::snapshot_after(core::Instant instant) {
  std::unique_lock lock(analysis_mutex_);
  ++waiting_;
  // A batch leaves the lock between its parts: then more has been analysed than reached_ tells.
  const auto there = [&] { return finished_ || (reached_ >= instant && latest_ < reached_); };
  while (!there()) {
    lock.unlock();
    wake();
    lock.lock();
    // A loop in the middle of a read holds the rest back, and is not waited for: so look again.
    if (!there()) progress_.wait_for(lock, kDrainInterval);
  }
  --waiting_;
  return snapshot_locked();
}

Snapshot Observer::finish(core::Instant command_ended) {
  if (thread_.joinable()) {
    sleeper_.stop();
    thread_.join();
  }
  // The loops are gone, so nothing is in hand any more.
  for (const auto& ring : rings_) ring->falls_asleep();
  const core::Instant end = now();
  drain(end);
  const std::lock_guard lock(analysis_mutex_);
  analysis_.finish({.at = end, .command_ended = command_ended});
  hand_on();
  finished_ = true;
  progress_.notify_all();
  return snapshot_locked();
}

}  // namespace proxy::observe
