#include "proxy/otlp/exporter.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "proxy/otlp/collector.hpp"
#include "proxy/otlp/documents.hpp"
#include "proxy/otlp/finding_log.hpp"
#include "proxy/report/news.hpp"

namespace proxy::otlp {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// After an interrupt, for a request to notice.
constexpr auto kInterrupted = 500ms;

Time wall_now() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

struct Counts {
  std::atomic<std::uint64_t> sent = 0, failed = 0, dropped = 0;
};

/// One signal's way to its collector.
struct Channel {
  Channel(Target target, const char* signal_name)
      : collector(std::move(target)), signal(signal_name) {}

  Collector collector;
  const char* signal;
  Counts counts;
  unsigned failures = 0;  ///< in a row
  Steady::time_point due;
};

/// Something to say, as it was told.
struct Told {
  rules::Record record;
  report::Assessment assessment;
  Time at;
};

}  // namespace

struct Exporter::State {
  State(Settings settings, Sources given, const Pace& chosen)
      : resource(std::move(settings.resource)),
        interval(settings.interval),
        sources(std::move(given)),
        pace(chosen) {
    if (settings.metrics) metrics.emplace(std::move(*settings.metrics), "metrics");
    if (settings.logs) logs.emplace(std::move(*settings.logs), "logs");
  }

  void run();
  void push_metrics();
  void push_logs();
  /// True unless it is to be tried again.
  bool attempt(Channel& channel, const std::string& document, std::uint64_t records);
  void failed(Channel& channel, const Sent& sent);
  [[nodiscard]] std::chrono::milliseconds patience(unsigned failures);
  [[nodiscard]] std::chrono::milliseconds time_left() const;
  [[nodiscard]] Steady::time_point next_due() const;
  [[nodiscard]] std::vector<admin::Numbers::Exported> exported() const;

  const Texts resource;
  const std::chrono::milliseconds interval;
  const Sources sources;
  const Pace pace;
  const Time started = wall_now();
  std::optional<Channel> metrics, logs;
  std::minstd_rand random{std::random_device{}()};

  report::News news;             ///< of the thread that tells
  std::vector<LogRecord> batch;  ///< of ours: on its way, or to be tried again

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Told> queue;
  std::optional<Steady::time_point> stop_by;
  bool ended = false;
  /// Nobody waits any more, and what `sources` refer to may be gone. Held while they are asked.
  std::mutex sources_mutex;
  bool abandoned = false;
};

struct Exporter::Thread {
  std::thread thread;
};

Exporter::Exporter(Settings settings, Sources sources, const Pace& pace)
    : state_(std::make_shared<State>(std::move(settings), std::move(sources), pace)),
      thread_(std::make_unique<Thread>()) {}

void Exporter::start() {
  thread_->thread = std::thread([state = state_] { state->run(); });
}

Exporter::~Exporter() { finish(); }

void Exporter::tell(const rules::Record& record, const report::Assessment& assessment) {
  State& state = *state_;
  if (!state.logs || !state.news.is_news(record)) return;
  const std::lock_guard lock(state.mutex);
  if (state.queue.size() >= state.pace.log_queue) {
    ++state.logs->counts.dropped;
    return;
  }
  if (state.queue.empty()) state.changed.notify_all();  // Its time begins to run.
  state.queue.push_back({record, assessment, wall_now()});
}

std::vector<admin::Numbers::Exported> Exporter::counts() const { return state_->exported(); }

std::vector<admin::Numbers::Exported> Exporter::State::exported() const {
  std::vector<admin::Numbers::Exported> all;
  for (const auto* const channel : {&metrics, &logs})
    if (*channel)
      all.push_back({(*channel)->signal, (*channel)->counts.sent, (*channel)->counts.failed,
                     (*channel)->counts.dropped});
  return all;
}

void Exporter::finish() {
  if (!thread_->thread.joinable()) return;
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.stop_by = Steady::now() + state.pace.flush;
  state.changed.notify_all();
  bool ended = state.changed.wait_until(lock, *state.stop_by, [&] { return state.ended; });
  lock.unlock();
  if (!ended) {
    for (auto* const channel : {&state.metrics, &state.logs})
      if (*channel) (*channel)->collector.interrupt();
    const std::lock_guard sources_lock(state.sources_mutex);
    state.abandoned = true;
  }
  lock.lock();
  ended = state.changed.wait_for(lock, kInterrupted, [&] { return state.ended; });
  lock.unlock();
  if (ended)
    thread_->thread.join();
  else
    thread_->thread.detach();
}

// --- On its own thread ---

void Exporter::State::run() {
  if (metrics) metrics->due = Steady::now() + interval;
  if (logs)
    logs->due = Steady::now() + pace.log_delay;  // What was told already, too, may get company.
  std::unique_lock lock(mutex);
  while (!stop_by) {
    const bool waits = logs && logs->failures == 0 && batch.empty() && queue.empty();
    if (changed.wait_until(lock, next_due()) == std::cv_status::no_timeout && !stop_by) {
      if (waits && !queue.empty()) logs->due = Steady::now() + pace.log_delay;
      continue;
    }
    if (stop_by) break;
    lock.unlock();
    const auto now = Steady::now();
    if (metrics && metrics->due <= now) push_metrics();
    if (logs && logs->due <= now) push_logs();
    lock.lock();
  }
  lock.unlock();

  // What is left, once.
  while (logs && time_left() > 0ms) {
    const unsigned failures = logs->failures;
    push_logs();
    lock.lock();
    const bool done = (batch.empty() && queue.empty()) || logs->failures > failures;
    lock.unlock();
    if (done) break;
  }
  if (metrics && time_left() > 0ms) push_metrics();

  lock.lock();
  if (logs) logs->counts.dropped += batch.size() + queue.size();
  ended = true;
  changed.notify_all();
}

Steady::time_point Exporter::State::next_due() const {
  auto due = Steady::now() + std::chrono::hours(1);
  if (metrics) due = std::min(due, metrics->due);
  if (logs && (!queue.empty() || !batch.empty())) due = std::min(due, logs->due);
  return due;
}

std::chrono::milliseconds Exporter::State::time_left() const {
  const std::lock_guard lock(mutex);
  return stop_by ? std::chrono::duration_cast<std::chrono::milliseconds>(*stop_by - Steady::now())
                 : std::chrono::milliseconds::max();
}

void Exporter::State::push_metrics() {
  std::string document;
  {
    const std::lock_guard lock(sources_mutex);
    if (abandoned) return;
    admin::Numbers numbers = sources.numbers();
    numbers.exported = exported();
    document = metrics_document(resource, numbers, started, wall_now());
  }
  if (attempt(*metrics, document, 1)) metrics->due = Steady::now() + interval;
}

void Exporter::State::push_logs() {
  if (batch.empty()) {
    std::vector<Told> taken;
    {
      const std::lock_guard lock(mutex);
      const auto end =
          queue.begin() + static_cast<std::ptrdiff_t>(std::min(pace.log_batch, queue.size()));
      std::move(queue.begin(), end, std::back_inserter(taken));
      queue.erase(queue.begin(), end);
    }
    for (const Told& one : taken)
      batch.push_back(
          log_record(one.record, one.assessment, one.at, sources.clock, sources.redaction));
  }
  if (batch.empty()) return;
  if (!attempt(*logs, logs_document(resource, batch), batch.size())) return;
  batch.clear();
  logs->due = Steady::now() + pace.log_delay;
}

bool Exporter::State::attempt(Channel& channel, const std::string& document,
                              std::uint64_t records) {
  const Sent sent = channel.collector.send(document, std::max(time_left(), 1ms));
  switch (sent.outcome) {
    case Sent::Outcome::Taken: {
      ++channel.counts.sent;
      if (std::exchange(channel.failures, 0) > 0)
        sources.log->info("OTLP {}: {} takes them again", channel.signal,
                          channel.collector.target().text());
      const PartialSuccess partial = read_answer(sent.body);
      if (partial.rejected > 0) {
        channel.counts.dropped += partial.rejected;
        sources.log->warn("OTLP {}: {} did not take {} records: {}", channel.signal,
                          channel.collector.target().text(), partial.rejected, partial.message);
      }
      return true;
    }
    case Sent::Outcome::Refused:
      channel.counts.dropped += records;
      failed(channel, sent);
      return true;
    case Sent::Outcome::TryAgain:
      failed(channel, sent);
      channel.due = Steady::now() + std::max<std::chrono::milliseconds>(
                                        patience(channel.failures), sent.retry_after.value_or(0s));
      return false;
  }
  return true;
}

void Exporter::State::failed(Channel& channel, const Sent& sent) {
  ++channel.counts.failed;
  if (channel.failures++ > 0) return;
  sources.log->warn("OTLP {}: {} {}: {}", channel.signal, channel.collector.target().text(),
                    sent.outcome == Sent::Outcome::Refused
                        ? "refuses them, so they are lost"
                        : "does not take them; they are tried again",
                    sent.why);
}

std::chrono::milliseconds Exporter::State::patience(unsigned failures) {
  constexpr unsigned kDoublingsMax = 16;
  const auto whole =
      std::min(pace.retry_max, pace.retry_first * (1U << std::min(failures - 1, kDoublingsMax)));
  return whole - std::chrono::milliseconds(
                     std::uniform_int_distribution<std::int64_t>(0, whole.count() / 2)(random));
}

}  // namespace proxy::otlp
