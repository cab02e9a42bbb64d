#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "proxy/admin/admin.hpp"
#include "proxy/admin/metrics.hpp"
#include "proxy/capture/capture.hpp"
#include "proxy/cli/mark_api.hpp"
#include "proxy/cli/memory_ceiling.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/reporting.hpp"
#include "proxy/cli/signals.hpp"
#include "proxy/cli/watch_tls.hpp"
#include "proxy/net/forwarder.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/otlp/exporter.hpp"

namespace proxy::cli {

/// Everything between the sockets and the reports, put together: what `proxy` and `check` run.
///
/// Members are in the order of their dependence, so what is used outlives its users.
class Watch {
 public:
  /// Opens, binds and listens, then says so on stderr. Errors: a findings file or report, a
  /// certificate, an address, the upstream's name.
  [[nodiscard]] static tl::expected<std::unique_ptr<Watch>, net::StartError> start(
      WatchOptions options);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// `http://127.0.0.1:3001`, where clients connect; `https://...` with TLS.
  [[nodiscard]] std::string url() const;
  /// `http://127.0.0.1:9100`, where the API is served; nothing without `--admin`.
  [[nodiscard]] std::optional<std::string> admin_url() const;
  [[nodiscard]] observe::Snapshot snapshot() { return observer_.snapshot(); }
  /// When all suspects will have been proven or refuted; nullopt when there are none. Those that
  /// would be excused in either case do not count.
  [[nodiscard]] std::optional<core::Instant> suspects_settle_at(
      const observe::Snapshot& snapshot) const;
  [[nodiscard]] report::Terminal& terminal() noexcept { return reporting_->terminal(); }
  [[nodiscard]] spdlog::logger& log() noexcept { return *log_; }

  /// Whether the threads that it stands on make progress.
  [[nodiscard]] bool alive() const;
  /// Reads the certificates again, without touching who is connected.
  void reload_certificates() { tls_.reload(*log_); }
  /// Lets connections end for `at_most`, or until a signal asks for haste.
  void drain(std::chrono::milliseconds at_most, Signals& signals);
  /// `check`: the command has ended, just now.
  void command_ended() noexcept;
  /// Cuts what is still open, ends the analysis, writes and prints the verdict. Returns the exit
  /// code.
  [[nodiscard]] int finish(std::optional<int> child_exit);

 private:
  Watch(WatchOptions options, std::shared_ptr<spdlog::logger> log,
        std::unique_ptr<Reporting> reporting);
  [[nodiscard]] tl::expected<void, net::StartError> serve();
  void record(const rules::Record& one);
  [[nodiscard]] tl::expected<void, net::StartError> start_capture();
  void end_capture(core::Instant end);
  void prepare_export();
  [[nodiscard]] net::Bounds bounds() const;
  [[nodiscard]] std::optional<admin::Numbers::Recorded> recorded() const;
  [[nodiscard]] admin::Numbers numbers();
  [[nodiscard]] admin::Sources admin_sources();
  [[nodiscard]] MarkApi::World mark_world();
  [[nodiscard]] report::Verdict judged(Outcome outcome) const;
  [[nodiscard]] report::Verdict judge_now(const observe::Snapshot& snapshot,
                                          std::optional<int> child_exit);

  WatchOptions options_;
  std::shared_ptr<spdlog::logger> log_;
  std::unique_ptr<Reporting> reporting_;
  std::optional<MemoryCeiling> memory_;       ///< the observer and the loops ask it
  std::unique_ptr<otlp::Exporter> exporter_;  ///< the observer tells it
  observe::Observer observer_;
  core::Instant command_ended_{};
  std::unique_ptr<capture::Capture> capture_;  ///< outlives the loops that write to it
  WatchTls tls_;                               ///< likewise
  std::unique_ptr<net::Forwarder> forwarder_;
  Marks marks_;
  MarkApi mark_api_;
  std::unique_ptr<admin::Admin> admin_;
};

}  // namespace proxy::cli
