#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/instant.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/verdict.hpp"
#include "proxy/report/findings_file.hpp"
#include "proxy/report/ledger.hpp"
#include "proxy/report/log_lines.hpp"
#include "proxy/report/report_writer.hpp"
#include "proxy/report/terminal.hpp"
#include "rules/analysis.hpp"

namespace proxy::cli {

/// Where a run's records go and what they come to, whoever made them: a live watch, or captures.
/// Each record goes to the streams first, then to the ledger and the terminal; the reports and the
/// verdict are written at the end.
class Reporting {
 public:
  /// Says that something could not be written. From the thread that records, and from finish().
  using Complain = std::function<void(const std::string& sentence)>;

  /// Opens what will be written. Error: a sentence, for exit code 2.
  [[nodiscard]] static tl::expected<std::unique_ptr<Reporting>, std::string> open(
      JudgingOptions options, report::WallClock clock, Complain complain);
  Reporting(const Reporting&) = delete;
  Reporting& operator=(const Reporting&) = delete;

  /// Returns what was said beforehand about a finding.
  report::Assessment record(const rules::Record& one);
  /// A line of JSON of another kind, for the streams.
  void note(const std::string& line) { write(line); }
  /// Those suspects that nothing would excuse.
  [[nodiscard]] std::vector<rules::Suspect> undecided(
      const std::vector<rules::Suspect>& suspects) const;
  /// Something of the run's could not be written: the verdict suffers.
  void report_lost(const std::string& sentence);
  /// Adds to the outcome what could not be written, and judges it.
  [[nodiscard]] report::Verdict judged(Outcome outcome, Traffic traffic) const;
  /// Writes the verdict to the streams, the reports to their files, and the verdict to stderr.
  /// @param judge Asked again when what is written is found wanting.
  /// @return The exit code.
  [[nodiscard]] int finish(const std::function<report::Verdict()>& judge, core::Instant ended);

  [[nodiscard]] report::Ledger& ledger() noexcept { return ledger_; }
  [[nodiscard]] report::Terminal& terminal() noexcept { return terminal_; }
  [[nodiscard]] const report::WallClock& clock() const noexcept { return clock_; }
  [[nodiscard]] const report::Redaction& redaction() const noexcept { return redaction_; }

 private:
  /// What gets every record as it arises: `--findings`, and each `--report ndjson`.
  struct Stream {
    std::string what;  ///< `the findings file '/a/b.ndjson'`
    report::FindingsFile file;
    bool error_told = false;
  };
  [[nodiscard]] static tl::expected<std::vector<Stream>, std::string> open_streams(
      const JudgingOptions& options);

  Reporting(JudgingOptions options, report::WallClock clock, Complain complain,
            std::vector<Stream> streams, report::ReportWriter reports);
  void write(const std::string& line);
  void show(const report::Verdict& verdict);
  void write_reports(const report::Verdict& verdict, core::Instant ended);

  JudgingOptions options_;
  report::WallClock clock_;
  Complain complain_;
  report::Redaction redaction_;
  report::Colours colours_;
  std::vector<Stream> streams_;
  report::ReportWriter reports_;
  // Set by the thread that records and by main, read by others.
  std::atomic<bool> records_lost_ = false;
  std::atomic<bool> report_lost_ = false;
  report::Ledger ledger_;
  report::Terminal terminal_;
  report::LogLines log_lines_;  ///< instead, with --log-format json
};

}  // namespace proxy::cli
