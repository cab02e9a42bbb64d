#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/admin/admin.hpp"
#include "proxy/cli/marks.hpp"
#include "proxy/cli/verdict.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/report/ledger.hpp"

namespace proxy::cli {

/// `POST /marks`, `/assert` and `/reset`, as admin.hpp describes them. Called on the admin server's
/// threads, several at once; an assert waits on its own.
class MarkApi {
 public:
  /// What it asks the rest of the program, from any thread.
  struct World {
    std::function<core::Instant()> now;
    std::function<observe::Snapshot(core::Instant)> snapshot_after;
    /// The suspects among these that nothing would excuse.
    std::function<std::vector<rules::Suspect>(const observe::Snapshot&)> undecided;
    /// A verdict over an outcome of which tally, findings, suspects and only_counted are given.
    std::function<report::Verdict(Outcome)> judge;
    std::function<nlohmann::ordered_json(const report::Assessed&)> to_json;
  };

  MarkApi(Marks& marks, report::Ledger& ledger, World world)
      : marks_(marks), ledger_(ledger), world_(std::move(world)) {}

  [[nodiscard]] admin::Answer mark(const std::string& body);
  [[nodiscard]] admin::Answer assert_since(const std::string& body);
  [[nodiscard]] admin::Answer reset();
  /// From now on no assert waits any more.
  void stop() noexcept;

 private:
  /// `since` until `until`, or until now.
  struct Span {
    Mark since;
    std::optional<Mark> until;
    [[nodiscard]] bool holds(core::Instant at) const noexcept {
      return at >= since.at && (!until || at < until->at);
    }
  };
  struct Request {
    Span span;
    std::chrono::milliseconds grace;
  };
  [[nodiscard]] tl::expected<Request, admin::Answer> read_assert(const std::string& body) const;
  [[nodiscard]] tl::expected<Mark, admin::Answer> find(const std::string& label) const;
  /// Whether a suspect of the span is undecided.
  [[nodiscard]] bool undecided(const Span& span, const observe::Snapshot& snapshot) const;
  /// Waits for the suspects of the span. nullopt when too many wait already.
  [[nodiscard]] std::optional<observe::Snapshot> wait(const Span& span, core::Instant deadline);
  [[nodiscard]] admin::Answer answer(const Span& span, const observe::Snapshot& snapshot) const;

  Marks& marks_;
  report::Ledger& ledger_;
  World world_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::size_t waiting_ = 0;
};

}  // namespace proxy::cli
