#include "proxy/cli/watch.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "proxy/admin/metrics.hpp"
#include "proxy/observe/clock.hpp"
#include "proxy/report/record_json.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::cli {
namespace {

using Steady = std::chrono::steady_clock;

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
    case LogLevel::Off:
      return spdlog::level::off;
  }
  return spdlog::level::warn;
}

std::shared_ptr<spdlog::logger> make_log(LogLevel level) {
  auto log = std::make_shared<spdlog::logger>("sioscope",
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ sioscope: %l: %v", spdlog::pattern_time_type::utc);
  log->set_level(level_of(level));
  return log;
}

/// Seeds the pseudonyms of secrets: nobody may look them up in a table.
std::uint64_t random_key() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

net::StartError cannot_write(const std::string& what, int error) {
  return {"cannot write " + what + ": " + std::strerror(error) +
          "; name a file in a folder that exists and may be written, or - for stdout"};
}

/// Where GitHub's runner wants Markdown about this step.
std::optional<std::string> step_summary() {
  const char* const path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return std::nullopt;
  return path;
}

report::Terminal::Progress progress_for(const WatchOptions& options) {
  return !options.quiet && ::isatty(STDERR_FILENO) == 1 ? report::Terminal::Progress::On
                                                        : report::Terminal::Progress::Off;
}

}  // namespace

Watch::Watch(WatchOptions options, std::vector<Stream> streams, report::ReportWriter reports)
    : options_(std::move(options)),
      log_(make_log(options_.log_level)),
      clock_(report::WallClock::now()),
      redaction_(options_.sids),
      colours_(report::colours_for(STDERR_FILENO)),
      streams_(std::move(streams)),
      reports_(std::move(reports)),
      terminal_(std::cerr, clock_, redaction_, colours_, progress_for(options_)),
      observer_(
          options_.threads, [this](const rules::Record& one) { record(one); },
          {.key_names = options_.tap.client_key.per_page ? core::session::ClientKeyNames::Page
                                                         : core::session::ClientKeyNames::User,
           .parser = options_.parser,
           .handled_twice = options_.handled_twice}),
      mark_api_(marks_, ledger_, mark_world()) {
  options_.tap.hash_key = random_key();
}

tl::expected<std::vector<Watch::Stream>, net::StartError> Watch::open_streams(
    const WatchOptions& options) {
  std::vector<Stream> streams;
  const auto open = [&](const std::string& what,
                        const std::string& path) -> tl::expected<void, net::StartError> {
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

tl::expected<std::unique_ptr<Watch>, net::StartError> Watch::start(WatchOptions options) {
  auto streams = open_streams(options);
  if (!streams) return tl::unexpected(streams.error());
  auto reports = report::ReportWriter::open(options.reports, step_summary());
  if (!reports) return tl::unexpected(cannot_write(reports.error().what, reports.error().error));

  std::unique_ptr<Watch> watch(
      new Watch(std::move(options), std::move(*streams), std::move(*reports)));
  if (auto served = watch->serve(); !served) return tl::unexpected(served.error());
  return watch;
}

tl::expected<void, net::StartError> Watch::serve() {
  if (auto started = start_capture(); !started) return started;
  std::vector<observe::EventRing*> rings;
  std::vector<capture::Recorder*> recorders;
  for (std::size_t i = 0; i < options_.threads; ++i) rings.push_back(&observer_.ring(i));
  for (std::size_t i = 0; i < options_.threads && capture_; ++i)
    recorders.push_back(&capture_->recorder(i));
  observer_.start();
  auto forwarder = net::Forwarder::start({.listen = options_.listen,
                                          .upstream = options_.upstream,
                                          .tap = options_.tap,
                                          .rings = rings,
                                          .wake_observer = [this] { observer_.wake(); },
                                          .recorders = std::move(recorders),
                                          .log = *log_});
  if (!forwarder) return tl::unexpected(forwarder.error());
  forwarder_ = std::move(*forwarder);

  if (options_.admin) {
    auto admin = admin::Admin::start(*options_.admin, admin_sources());
    if (!admin) return tl::unexpected(net::StartError{"--admin: " + admin.error().sentence});
    admin_ = std::move(*admin);
  }
  // Other programs wait for exactly these lines, each in one write.
  std::string ready = "sioscope: listening on " + url() + "\n";
  if (const auto admin = admin_url()) ready += "sioscope: admin on " + *admin + "\n";
  std::cerr << ready << std::flush;
  return {};
}

tl::expected<void, net::StartError> Watch::start_capture() {
  if (!options_.capture) return {};
  const std::string path = options_.capture->rotation.path;
  auto started = capture::Capture::start({.rotation = options_.capture->rotation,
                                          .secrets = options_.capture->secrets,
                                          .socketio_path = options_.tap.http.path_prefix,
                                          .loops = options_.threads,
                                          .to_epoch = clock_.to_epoch(),
                                          .application = "sioscope",
                                          .log = *log_});
  if (!started)
    return tl::unexpected(cannot_write("the capture file '" + path + "'", started.error()));
  capture_ = std::move(*started);
  return {};
}

std::string Watch::url() const { return "http://" + forwarder_->bound().text(); }

std::optional<std::string> Watch::admin_url() const {
  if (!admin_) return std::nullopt;
  return "http://" + admin_->bound().text();
}

admin::Sources Watch::admin_sources() {
  return {.metrics =
              [this] {
                const observe::Snapshot snapshot = observer_.snapshot();
                const net::Totals totals = forwarder_->totals();
                return admin::metrics_text({.tally = snapshot.tally,
                                            .live = snapshot.live,
                                            .findings = ledger_.counts(),
                                            .connections_active = totals.active,
                                            .connections_total = totals.accepted,
                                            .bytes_to_server = totals.bytes_to_server,
                                            .bytes_to_client = totals.bytes_to_client,
                                            .upstream_failures = totals.upstream_failures});
              },
          .findings =
              [this] {
                auto all = nlohmann::ordered_json::array();
                for (const report::Assessed& one : ledger_.findings())
                  all.push_back(report::to_json(one.finding, one.assessment, clock_, redaction_));
                return report::to_line(all) + "\n";
              },
          .verdict =
              [this] {
                return report::to_line(report::to_json(judge_now(snapshot(), std::nullopt))) + "\n";
              },
          .mark = [this](const std::string& body) { return mark_api_.mark(body); },
          .assert_since = [this](const std::string& body) { return mark_api_.assert_since(body); },
          .reset = [this](const std::string&) { return mark_api_.reset(); }};
}

MarkApi::World Watch::mark_world() {
  return {.now = observe::now,
          .snapshot_after = [this](core::Instant at) { return observer_.snapshot_after(at); },
          .undecided = [this](const observe::Snapshot& snapshot) { return undecided(snapshot); },
          .judge = [this](Outcome outcome) { return judged(std::move(outcome)); },
          .to_json =
              [this](const report::Assessed& one) {
                return report::to_json(one.finding, one.assessment, clock_, redaction_);
              }};
}

void Watch::record(const rules::Record& one) {
  const auto* const finding = std::get_if<rules::Finding>(&one);
  const report::Assessment assessment =
      finding == nullptr ? report::Assessment{} : options_.acceptance.assess(*finding, clock_);
  if (!streams_.empty())
    write(report::to_line(finding != nullptr
                              ? report::to_json(*finding, assessment, clock_, redaction_)
                              : report::to_json(std::get<rules::Withdrawn>(one), redaction_)));
  if (capture_) {
    if (finding != nullptr)
      capture_->note(redaction_.finding(*finding));
    else
      capture_->note(one);
  }
  ledger_.apply(one, assessment);
  if (!options_.quiet) terminal_.show(one, assessment);
}

void Watch::write(const std::string& line) {
  for (Stream& stream : streams_) {
    stream.file.append(line);
    if (stream.file.lost() == 0 || stream.error_told) continue;
    stream.error_told = true;
    records_lost_ = true;
    log_->error("cannot write {}: {}; findings are missing from it from here on", stream.what,
                std::strerror(stream.file.first_error()));
  }
}

void Watch::write_reports(const report::Verdict& verdict) {
  if (reports_.empty()) return;
  const auto fails = [this](std::string_view rule, rules::Severity severity,
                            rules::Confidence confidence) {
    return options_.gate.met_by(rule, severity, confidence);
  };
  const std::vector<report::FindingClass> classes = ledger_.classes();
  const report::Run run = report::gather(verdict, ledger_.findings(), classes, rules::registry(),
                                         fails, redaction_, clock_, observe::now());
  for (const auto& failure : reports_.write(run)) {
    report_lost_ = true;
    log_->error("cannot write {}: {}", failure.what, std::strerror(failure.error));
  }
}

std::optional<core::Instant> Watch::suspects_settle_at(const observe::Snapshot& snapshot) const {
  std::optional<core::Instant> latest;
  for (const rules::Suspect& suspect : undecided(snapshot))
    latest = std::max(latest.value_or(core::Instant{}), suspect.settles_at);
  return latest;
}

std::vector<rules::Suspect> Watch::undecided(const observe::Snapshot& snapshot) const {
  std::vector<rules::Suspect> suspects;
  for (const rules::Suspect& suspect : snapshot.suspects)
    if (options_.acceptance.assess(suspect.finding, clock_).excuse() == report::Excuse::None)
      suspects.push_back(suspect);
  return suspects;
}

report::Verdict Watch::judged(Outcome outcome) const {
  outcome.findings_lost = records_lost_;
  outcome.report_lost = report_lost_;
  return judge(std::move(outcome), options_.gate,
               options_.expect_traffic ? Traffic::Expected : Traffic::Optional);
}

report::Verdict Watch::judge_now(const observe::Snapshot& snapshot, std::optional<int> child_exit) {
  const std::vector<report::FindingClass> classes = ledger_.classes();
  rules::Tally tally = snapshot.tally;
  if (const Mark origin = marks_.origin(); origin.at != core::Instant{}) {
    tally = between(origin.tally, tally);
    tally.findings = {};
    for (const report::FindingClass& one : classes)
      tally.findings[static_cast<std::size_t>(one.severity)] += one.count;
  }
  return judged({.tally = std::move(tally),
                 .findings = classes,
                 .suspects = !undecided(snapshot).empty(),
                 .child_exit = child_exit});
}

void Watch::drain(std::chrono::milliseconds at_most, Signals& signals) {
  constexpr auto kLook = std::chrono::milliseconds(20);
  if (admin_) admin_->set_draining();
  mark_api_.stop();
  forwarder_->stop_accepting();
  const auto deadline = Steady::now() + at_most;
  while (forwarder_->totals().active > 0 && Steady::now() < deadline) {
    const auto arrived = signals.wait(kLook);
    if (arrived && (arrived->number == SIGTERM || arrived->number == SIGINT)) return;
  }
}

void Watch::end_capture(core::Instant end) {
  capture_->finish(end, {});
  const capture::CaptureCounts counts = capture_->counts();
  const std::uint64_t lost = counts.lost_in_ring + counts.lost_on_disk;
  if (lost > 0)
    log_->error("the capture lacks {} of {} records: {} came too fast, {} the disk did not take",
                lost, lost + counts.written, counts.lost_in_ring, counts.lost_on_disk);
  if (counts.hidden > 0)
    log_->warn("{} connections are not in the capture to their end", counts.hidden);
}

void Watch::command_ended() noexcept { command_ended_ = observe::now(); }

int Watch::finish(std::optional<int> child_exit) {
  if (admin_) admin_->set_draining();
  mark_api_.stop();
  const std::size_t cut = forwarder_->drain(Steady::now());
  if (cut > 0) log_->info("closed {} connections that were still open", cut);
  const observe::Snapshot last = observer_.finish(command_ended_);
  if (capture_) end_capture(last.at);

  report::Verdict verdict = judge_now(last, child_exit);
  if (!streams_.empty()) write(report::to_line(report::to_json(verdict)));
  if (records_lost_) verdict = judge_now(last, child_exit);
  write_reports(verdict);
  if (report_lost_) verdict = judge_now(last, child_exit);
  terminal_.progress("");
  std::cerr << (options_.quiet ? "sioscope: " + report::verdict_line(verdict, colours_)
                               : "\nsioscope " + report::verdict_text(verdict, ledger_.findings(),
                                                                      redaction_, colours_))
            << std::flush;
  return exit_code(verdict);
}

}  // namespace proxy::cli
