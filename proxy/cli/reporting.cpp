#include "proxy/cli/reporting.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "proxy/report/record_json.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::cli {
namespace {

std::string cannot_write(const std::string& what, int error) {
  return "cannot write " + what + ": " + std::strerror(error) +
         "; name a file in a folder that exists and may be written, or - for stdout";
}

/// Where GitHub's runner wants Markdown about this step.
std::optional<std::string> step_summary() {
  const char* const path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return std::nullopt;
  return path;
}

report::Terminal::Progress progress_for(const JudgingOptions& options) {
  return !options.quiet && options.log.format == LogFormat::Text && ::isatty(STDERR_FILENO) == 1
             ? report::Terminal::Progress::On
             : report::Terminal::Progress::Off;
}

}  // namespace

tl::expected<std::unique_ptr<Reporting>, std::string> Reporting::open(JudgingOptions options,
                                                                      report::WallClock clock,
                                                                      Complain complain) {
  auto streams = open_streams(options);
  if (!streams) return tl::unexpected(streams.error());
  auto reports = report::ReportWriter::open(options.reports, step_summary());
  if (!reports) return tl::unexpected(cannot_write(reports.error().what, reports.error().error));
  return std::unique_ptr<Reporting>(new Reporting(std::move(options), clock, std::move(complain),
                                                  std::move(*streams), std::move(*reports)));
}

Reporting::Reporting(JudgingOptions options, report::WallClock clock, Complain complain,
                     std::vector<Stream> streams, report::ReportWriter reports)
    : options_(std::move(options)),
      clock_(clock),
      complain_(std::move(complain)),
      redaction_(options_.sids),
      colours_(report::colours_for(STDERR_FILENO)),
      streams_(std::move(streams)),
      reports_(std::move(reports)),
      terminal_(std::cerr, clock_, redaction_, colours_, progress_for(options_)),
      log_lines_(std::cerr, clock_, redaction_) {}

tl::expected<std::vector<Reporting::Stream>, std::string> Reporting::open_streams(
    const JudgingOptions& options) {
  std::vector<Stream> streams;
  const auto open = [&](const std::string& what,
                        const std::string& path) -> tl::expected<void, std::string> {
    auto file = report::FindingsFile::open(path);
    if (!file) return tl::unexpected(cannot_write(what + " '" + path + "'", file.error()));
    streams.push_back({what + " '" + path + "'", std::move(*file)});
    return {};
  };

  if (options.findings)
    if (auto opened = open("the findings file", *options.findings); !opened)
      return tl::unexpected(opened.error());
  for (const report::Target& target : options.reports)
    if (target.format == report::Format::Ndjson)
      if (auto opened = open("the ndjson report", target.path); !opened)
        return tl::unexpected(opened.error());
  return streams;
}

report::Assessment Reporting::record(const rules::Record& one) {
  const auto* const finding = std::get_if<rules::Finding>(&one);
  report::Assessment assessment =
      finding == nullptr ? report::Assessment{} : options_.acceptance.assess(*finding, clock_);
  if (!streams_.empty())
    write(report::to_line(finding != nullptr
                              ? report::to_json(*finding, assessment, clock_, redaction_)
                              : report::to_json(std::get<rules::Withdrawn>(one), redaction_)));
  ledger_.apply(one, assessment);
  if (options_.quiet) return assessment;
  if (options_.log.format == LogFormat::Json)
    log_lines_.show(one, assessment);
  else
    terminal_.show(one, assessment);
  return assessment;
}

void Reporting::write(const std::string& line) {
  for (Stream& stream : streams_) {
    stream.file.append(line);
    if (stream.file.lost() == 0 || stream.error_told) continue;
    stream.error_told = true;
    records_lost_ = true;
    complain_("cannot write " + stream.what + ": " + std::strerror(stream.file.first_error()) +
              "; findings are missing from it from here on");
  }
}

void Reporting::write_reports(const report::Verdict& verdict, core::Instant ended) {
  if (reports_.empty()) return;
  const auto fails = [this](std::string_view rule, rules::Severity severity,
                            rules::Confidence confidence) {
    return options_.gate.met_by(rule, severity, confidence);
  };
  const std::vector<report::FindingClass> classes = ledger_.classes();
  const report::Run run = report::gather(verdict, ledger_.findings(), classes, rules::registry(),
                                         fails, redaction_, clock_, ended);
  for (const auto& failure : reports_.write(run))
    report_lost("cannot write " + failure.what + ": " + std::strerror(failure.error));
}

void Reporting::report_lost(const std::string& sentence) {
  report_lost_ = true;
  complain_(sentence);
}

std::vector<rules::Suspect> Reporting::undecided(
    const std::vector<rules::Suspect>& suspects) const {
  std::vector<rules::Suspect> kept;
  for (const rules::Suspect& suspect : suspects)
    if (options_.acceptance.assess(suspect.finding, clock_).excuse() == report::Excuse::None)
      kept.push_back(suspect);
  return kept;
}

report::Verdict Reporting::judged(Outcome outcome, Traffic traffic) const {
  outcome.findings_lost = records_lost_;
  outcome.report_lost = report_lost_;
  return judge(std::move(outcome), options_.gate, traffic);
}

void Reporting::show(const report::Verdict& verdict) {
  if (options_.log.format == LogFormat::Json) return log_lines_.show(verdict);
  terminal_.progress("");
  std::cerr << (options_.quiet ? "sioscope: " + report::verdict_line(verdict, colours_)
                               : "\nsioscope " + report::verdict_text(verdict, ledger_.findings(),
                                                                      redaction_, colours_))
            << std::flush;
}

int Reporting::finish(const std::function<report::Verdict()>& judge, core::Instant ended) {
  report::Verdict verdict = judge();
  if (!streams_.empty()) write(report::to_line(report::to_json(verdict)));
  if (records_lost_) verdict = judge();
  write_reports(verdict, ended);
  if (report_lost_) verdict = judge();
  show(verdict);
  return exit_code(verdict);
}

}  // namespace proxy::cli
