#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "proxy/admin/admin.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/signals.hpp"
#include "proxy/cli/verdict.hpp"
#include "proxy/net/forwarder.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/report/findings_file.hpp"
#include "proxy/report/terminal.hpp"

namespace proxy::cli {

/// Everything between the sockets and the reports, put together: what `proxy` and `check` run.
///
/// The observer's thread hands each record to the file first, then to the ledger and the terminal.
/// Members are in the order of their dependence, so what is used outlives its users.
class Watch {
 public:
  /// Opens, binds and listens, then says so on stderr. Errors: the findings file, an address, the
  /// upstream's name.
  [[nodiscard]] static tl::expected<std::unique_ptr<Watch>, net::StartError> start(
      WatchOptions options);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// `http://127.0.0.1:3001`, where clients connect.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] observe::Snapshot snapshot() { return observer_.snapshot(); }
  [[nodiscard]] report::Terminal& terminal() noexcept { return terminal_; }
  [[nodiscard]] spdlog::logger& log() noexcept { return *log_; }

  /// Lets connections end for `at_most`, or until a signal asks for haste.
  void drain(std::chrono::milliseconds at_most, Signals& signals);
  /// Cuts what is still open, ends the analysis, writes and prints the verdict. Returns the exit
  /// code.
  [[nodiscard]] int finish(std::optional<int> child_exit);

 private:
  explicit Watch(WatchOptions options, std::optional<report::FindingsFile> file);
  [[nodiscard]] tl::expected<void, net::StartError> serve();
  [[nodiscard]] admin::Sources admin_sources();
  void record(const rules::Record& record);
  void write(std::string line);
  [[nodiscard]] report::Verdict judge_now(const observe::Snapshot& snapshot,
                                          std::optional<int> child_exit);

  WatchOptions options_;
  std::shared_ptr<spdlog::logger> log_;
  report::WallClock clock_;
  report::Redaction redaction_;
  report::Colours colours_;
  std::optional<report::FindingsFile> file_;
  std::atomic<bool> write_error_told_ = false;  ///< set by the observer's thread, read by admin's
  report::Ledger ledger_;
  report::Terminal terminal_;
  observe::Observer observer_;
  std::unique_ptr<net::Forwarder> forwarder_;
  std::unique_ptr<admin::Admin> admin_;
};

}  // namespace proxy::cli
