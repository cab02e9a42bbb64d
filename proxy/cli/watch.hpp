#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "proxy/admin/admin.hpp"
#include "proxy/capture/capture.hpp"
#include "proxy/cli/mark_api.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/signals.hpp"
#include "proxy/cli/verdict.hpp"
#include "proxy/net/forwarder.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/report/findings_file.hpp"
#include "proxy/report/report_writer.hpp"
#include "proxy/report/terminal.hpp"

namespace proxy::cli {

/// Everything between the sockets and the reports, put together: what `proxy` and `check` run.
///
/// The observer's thread hands each record to the streams first, then to the ledger and the
/// terminal; the other reports are written at the end.
/// Members are in the order of their dependence, so what is used outlives its users.
class Watch {
 public:
  /// Opens, binds and listens, then says so on stderr. Errors: a findings file or report, an
  /// address, the upstream's name.
  [[nodiscard]] static tl::expected<std::unique_ptr<Watch>, net::StartError> start(
      WatchOptions options);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// `http://127.0.0.1:3001`, where clients connect.
  [[nodiscard]] std::string url() const;
  /// `http://127.0.0.1:9100`, where the API is served; nothing without `--admin`.
  [[nodiscard]] std::optional<std::string> admin_url() const;
  [[nodiscard]] observe::Snapshot snapshot() { return observer_.snapshot(); }
  /// When all suspects will have been proven or refuted; nullopt when there are none. Those that
  /// would be excused in either case do not count.
  [[nodiscard]] std::optional<core::Instant> suspects_settle_at(
      const observe::Snapshot& snapshot) const;
  [[nodiscard]] report::Terminal& terminal() noexcept { return terminal_; }
  [[nodiscard]] spdlog::logger& log() noexcept { return *log_; }

  /// Lets connections end for `at_most`, or until a signal asks for haste.
  void drain(std::chrono::milliseconds at_most, Signals& signals);
  /// `check`: the command has ended, just now.
  void command_ended() noexcept;
  /// Cuts what is still open, ends the analysis, writes and prints the verdict. Returns the exit
  /// code.
  [[nodiscard]] int finish(std::optional<int> child_exit);

 private:
  /// What gets every record as it arises: `--findings`, and each `--report ndjson`.
  struct Stream {
    std::string what;  ///< `the findings file '/a/b.ndjson'`
    report::FindingsFile file;
    bool error_told = false;
  };
  [[nodiscard]] static tl::expected<std::vector<Stream>, net::StartError> open_streams(
      const WatchOptions& options);

  Watch(WatchOptions options, std::vector<Stream> streams, report::ReportWriter reports);
  [[nodiscard]] tl::expected<void, net::StartError> serve();
  [[nodiscard]] tl::expected<void, net::StartError> start_capture();
  void end_capture(core::Instant end);
  [[nodiscard]] admin::Sources admin_sources();
  [[nodiscard]] MarkApi::World mark_world();
  /// Suspects that nothing would excuse.
  [[nodiscard]] std::vector<rules::Suspect> undecided(const observe::Snapshot& snapshot) const;
  void record(const rules::Record& record);
  void write(const std::string& line);
  void write_reports(const report::Verdict& verdict);
  [[nodiscard]] report::Verdict judged(Outcome outcome) const;
  [[nodiscard]] report::Verdict judge_now(const observe::Snapshot& snapshot,
                                          std::optional<int> child_exit);

  WatchOptions options_;
  std::shared_ptr<spdlog::logger> log_;
  report::WallClock clock_;
  report::Redaction redaction_;
  report::Colours colours_;
  std::vector<Stream> streams_;
  report::ReportWriter reports_;
  // Set by the observer's thread and by main, read by admin's.
  std::atomic<bool> records_lost_ = false;
  std::atomic<bool> report_lost_ = false;
  report::Ledger ledger_;
  report::Terminal terminal_;
  observe::Observer observer_;
  core::Instant command_ended_{};
  std::unique_ptr<capture::Capture> capture_;  ///< outlives the loops that write to it
  std::unique_ptr<net::Forwarder> forwarder_;
  Marks marks_;
  MarkApi mark_api_;
  std::unique_ptr<admin::Admin> admin_;
};

}  // namespace proxy::cli
