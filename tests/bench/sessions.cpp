// What sessions cost the observer, in memory and in time, as their number grows: events of a crowd
// in virtual time go into the analysis, with all its rules. Taps make the events beforehand, off
// the clock and uncounted.
//
//     bench_sessions memory [--quick]
//     bench_sessions sessions [--quick]
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.hpp"
#include "rules/analysis.hpp"
#include "tests/bench/crowd.hpp"

// --- Every byte that `new` gives while it is counted ---

namespace {

bool counting = false;
std::int64_t live_bytes = 0;

/// Counts for as long as it lives.
struct Counted {
  Counted() { counting = true; }
  ~Counted() { counting = false; }
};

void* take(std::size_t bytes, std::size_t alignment) {
  void* const memory =
      alignment > alignof(std::max_align_t)
          ? std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment)
          : std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) std::abort();
  // What the allocator really takes, without its own header.
  if (counting) live_bytes += static_cast<std::int64_t>(::malloc_usable_size(memory));
  return memory;
}

void give_back(void* memory) noexcept {
  if (counting && memory != nullptr)
    live_bytes -= static_cast<std::int64_t>(::malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes, 0); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return take(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { give_back(memory); }

namespace tests::bench {
namespace {

using namespace std::chrono_literals;
using core::EventBuffer;
using core::Instant;

double nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// The analysis and what it has been given; its allocations are counted, and nobody else's.
class Observer {
 public:
  /// Gives it the events and forgets them. Returns CPU nanoseconds.
  double take(EventBuffer& events) {
    const Counted counted;
    const double begin = nanoseconds();
    for (const core::EventView event : events) {
      analysis_->observe(event);
      ++events_;
    }
    records_ += analysis_->take_records().size();
    const double spent = nanoseconds() - begin;
    events.clear();
    return spent;
  }
  void advance(Instant to) {
    const Counted counted;
    analysis_->advance(to);
    records_ += analysis_->take_records().size();
  }

  [[nodiscard]] const rules::Analysis& analysis() const noexcept { return *analysis_; }
  [[nodiscard]] std::uint64_t records() const noexcept { return records_; }
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

 private:
  static std::unique_ptr<rules::Analysis> made() {
    const Counted counted;
    return std::make_unique<rules::Analysis>();
  }

  std::unique_ptr<rules::Analysis> analysis_ = made();
  std::uint64_t events_ = 0;
  std::uint64_t records_ = 0;
};

/// A bench that did not see what it meant to see measures nothing.
void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "bench_sessions: %s\n", what);
  std::exit(1);
}

std::string news(std::uint64_t number) {
  return "42[\"news\",{\"number\":" + std::to_string(number) +
         ",\"text\":\"what everybody hears\"}]";
}

/// `who` says or hears something of its own.
std::string words(std::string_view event, std::size_t who, std::uint64_t number) {
  return "42[\"" + std::string(event) + "\",{\"who\":" + std::to_string(who) +
         ",\"number\":" + std::to_string(number) + "}]";
}

// --- Memory ---

struct Footprint {
  std::int64_t joined, talked, peak, forgotten;
};

/// Everybody joins, talks, answers two pings, leaves, and is forgotten.
Footprint footprint(std::size_t people, Transport transport, Addresses addresses) {
  Crowd crowd(people, transport, addresses);
  const std::int64_t begin = live_bytes;
  Observer observer;
  EventBuffer events;
  Instant now(1s);
  const auto step = 24s / static_cast<int>(people);
  Footprint result{};
  const auto everybody = [&](const std::function<void(std::size_t)>& act) {
    for (std::size_t i = 0; i < people; ++i) {
      now += std::chrono::duration_cast<core::Duration>(step);
      act(i);
      observer.take(events);
      result.peak = std::max(result.peak, live_bytes - begin);
    }
  };

  everybody([&](std::size_t i) { crowd.join(i, now, events); });
  result.joined = live_bytes - begin;
  for (std::uint64_t round = 0; round < 2; ++round) {
    everybody([&](std::size_t i) {
      crowd.hear(i, "2", now, events);
      crowd.say(i, "3", now, events);
      for (std::uint64_t n = 0; n < 3; ++n) {
        crowd.say(i, words("said", i, n), now, events);
        crowd.hear(i, words("told", i, n), now, events);
      }
    });
    for (std::size_t i = 0; i < people; ++i) crowd.hear(i, news(round), now, events);
    observer.take(events);
  }
  const auto live = observer.analysis().live();
  require(live.polling + live.websocket == people, "not everybody is there");
  require(observer.analysis().tally().deliveries == people * 8, "not every message was seen");
  result.talked = live_bytes - begin;
  everybody([&](std::size_t i) { crowd.leave(i, now, events); });
  const auto left = observer.analysis().live();
  require(left.polling + left.websocket == 0, "somebody did not leave");
  now += core::limits::kClosedSessionMemory + 1min;
  observer.advance(now);
  crowd.join(0, now, events);  // Some things are forgotten when they are next in the way.
  crowd.leave(0, now, events);
  observer.take(events);
  result.forgotten = live_bytes - begin;
  require(observer.records() == 0, "a finding against people who did nothing");
  return result;
}

void memory(std::span<const std::size_t> sizes) {
  std::printf(
      "Heap of the analysis, all rules on; bytes a session. Everybody has joined; has talked; the\n"
      "most there ever was; and, in bytes in all, what is left three minutes after the last one "
      "went.\n\n");
  std::printf("%-10s%-16s%9s%10s%10s%10s%14s\n", "", "", "sessions", "joined", "talked", "most",
              "left in all");
  for (const Transport transport : {Transport::WebSocket, Transport::Polling})
    for (const Addresses addresses : {Addresses::Own, Addresses::Shared})
      for (const std::size_t people : sizes) {
        const Footprint it = footprint(people, transport, addresses);
        const auto each = [&](std::int64_t bytes) {
          return static_cast<long long>(bytes / static_cast<std::int64_t>(people));
        };
        std::printf("%-10s%-16s%9zu%10lld%10lld%10lld%14lld\n",
                    transport == Transport::WebSocket ? "websocket" : "polling",
                    addresses == Addresses::Own ? "own addresses" : "one address", people,
                    each(it.joined), each(it.talked), each(it.peak),
                    static_cast<long long>(it.forgotten));
        std::fflush(stdout);
      }
}

// --- Work ---

/// What an event of each kind costs, in nanoseconds. `100 busy` is `mixed` among a hundred of them
/// while the others are idle: what it grows by is work, and what `mixed` grows by beyond that is
/// sessions that are not in the cache.
constexpr std::array kWorkNames{"messages", "broadcast",      "mixed",        "100 busy",
                                "pings",    "leave and join", "refused, back"};
enum Kind : std::size_t { Messages, Broadcast, Mixed, Busy, Pings, LeaveAndJoin, Refused };
constexpr std::size_t kBusy = 100;
using Work = std::array<double, kWorkNames.size()>;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// One crowd of `people`, who do the same `turns` of each kind, whatever their number.
class Workday {
 public:
  Workday(std::size_t people, Addresses addresses, std::size_t turns)
      : crowd_(people, Transport::WebSocket, addresses), turns_(turns) {
    for (std::size_t i = 0; i < people; ++i) {
      tick();
      crowd_.join(i, now_, events_);
    }
    observer_.take(events_);
  }

  Work measure(int rounds) {
    std::array<std::vector<double>, kWorkNames.size()> all;
    for (int round = 0; round < rounds; ++round) {
      keep_alive();
      all[Messages].push_back(of_each([&](std::size_t i) { own(i); }));
      all[Broadcast].push_back(of_each([&](std::size_t i) { broadcast(i); }));
      all[Mixed].push_back(of_each([&](std::size_t i) { mixed(i); }));
      all[Busy].push_back(of_each([&](std::size_t i) { mixed(i % kBusy); }));
      all[Pings].push_back(of_each([&](std::size_t i) {
        crowd_.hear(i, "2", now_, events_);
        crowd_.say(i, "3", now_, events_);
      }));
      all[LeaveAndJoin].push_back(of_each([&](std::size_t i) {
        crowd_.leave(i, now_, events_);
        crowd_.join(i, now_, events_);
      }));
    }
    // Last, for it leaves its mark: everybody is sent a packet that they refuse, closes, and is
    // back.
    keep_alive();
    all[Refused].push_back(refused());
    require(observer_.analysis().live().websocket == crowd_.people(), "somebody was lost");
    Work work{};
    for (std::size_t i = 0; i < work.size(); ++i) work[i] = median(std::move(all[i]));
    return work;
  }

 private:
  void tick() { now_ += 50us; }

  void own(std::size_t i) {
    if (turn_ % 2 == 0)
      crowd_.say(i, words("said", i, turn_), now_, events_);
    else
      crowd_.hear(i, words("told", i, turn_), now_, events_);
  }
  void mixed(std::size_t i) {
    if (turn_ / crowd_.people() % 4 == 3)
      broadcast(i);
    else
      own(i);
  }
  void broadcast(std::size_t i) { crowd_.hear(i, news(turn_ / crowd_.people()), now_, events_); }

  /// Nanoseconds an event.
  double of_each(const std::function<void(std::size_t)>& act) {
    for (std::size_t i = 0; i < turns_; ++i, ++turn_) {
      tick();
      act(turn_ % crowd_.people());
    }
    const std::uint64_t before = observer_.events();
    const double spent = observer_.take(events_);
    return spent / static_cast<double>(observer_.events() - before);
  }

  /// Pings for everybody, off the clock, so that nobody times out in between.
  void keep_alive() {
    for (std::size_t i = 0; i < crowd_.people(); ++i) {
      tick();
      crowd_.hear(i, "2", now_, events_);
      crowd_.say(i, "3", now_, events_);
    }
    observer_.take(events_);
  }

  double refused() {
    const std::size_t people = crowd_.people();
    for (std::size_t i = 0; i < people; ++i) crowd_.hear(i, "42[null,null]", now_, events_);
    for (std::size_t i = 0; i < people; ++i) {
      now_ += 1us;
      crowd_.leave(i, now_, events_);
    }
    now_ += 500ms;
    for (std::size_t i = 0; i < people; ++i) {
      tick();
      crowd_.join(i, now_, events_);
    }
    const std::uint64_t before = observer_.events();
    const double spent = observer_.take(events_);
    return spent / static_cast<double>(observer_.events() - before);
  }

  Crowd crowd_;
  std::size_t turns_;
  Observer observer_;
  EventBuffer events_;
  Instant now_{1s};
  std::size_t turn_ = 0;
};

void work(std::span<const std::size_t> sizes, int rounds, std::size_t turns) {
  std::printf(
      "CPU nanoseconds an event in the analysis, all rules on, and as multiple of the first line\n"
      "(%d rounds of %zu turns, median; `refused, back` once):\n\n%-16s%9s",
      rounds, turns, "", "sessions");
  for (const char* name : kWorkNames) std::printf("%19s", name);
  std::printf("\n");
  for (const Addresses addresses : {Addresses::Own, Addresses::Shared}) {
    Work first{};
    for (const std::size_t people : sizes) {
      const Work it = Workday(people, addresses, turns).measure(rounds);
      if (people == sizes.front()) first = it;
      std::printf("%-16s%9zu", addresses == Addresses::Own ? "own addresses" : "one address",
                  people);
      for (std::size_t i = 0; i < it.size(); ++i)
        std::printf("%11.1f (%5.2f)", it[i], it[i] / first[i]);
      std::printf("\n");
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace tests::bench

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const bool quick = argc > 2 && std::string_view(argv[2]) == "--quick";
  if (argc > 3 || (what != "memory" && what != "sessions") || (argc == 3 && !quick)) {
    std::fprintf(stderr, "usage: bench_sessions memory|sessions [--quick]\n");
    return 2;
  }
  const std::size_t memory_sizes[] = {1'000, 10'000, 20'000};
  const std::size_t work_sizes[] = {100, 1'000, 10'000, 20'000};
  if (what == "memory")
    tests::bench::memory(std::span(memory_sizes).first(quick ? 1 : 3));
  else
    tests::bench::work(std::span(work_sizes).first(quick ? 2 : 4), quick ? 3 : 11, 20'000);
}
