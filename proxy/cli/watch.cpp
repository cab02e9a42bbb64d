#include "proxy/cli/watch.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "proxy/admin/metrics.hpp"
#include "proxy/cli/heaps.hpp"
#include "proxy/cli/judging_options.hpp"
#include "proxy/observe/clock.hpp"
#include "proxy/report/record_json.hpp"

namespace proxy::cli {
namespace {

using Steady = std::chrono::steady_clock;

/// A thread that makes no progress for so long will make none any more.
constexpr auto kHangs = std::chrono::seconds(5);

/// Inflating may take half of the memory that there may be.
constexpr std::uint64_t kInflatePart = 2;

/// Seeds the pseudonyms of secrets: nobody may look them up in a table.
std::uint64_t random_key() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

rules::Settings settings_of(const WatchOptions& options) {
  rules::Settings settings = rules_settings(options);
  settings.upstreams = options.upstreams.names();
  return settings;
}

/// Nothing when the side has no TLS.
std::optional<admin::Numbers::Handshakes> handshakes_of(const void* side,
                                                        const net::HandshakeTotals& totals) {
  if (side == nullptr) return std::nullopt;
  return admin::Numbers::Handshakes{totals.full, totals.resumed, totals.failed};
}

}  // namespace

Watch::Watch(WatchOptions options, std::shared_ptr<spdlog::logger> log,
             std::unique_ptr<Reporting> reporting)
    : options_(std::move(options)),
      log_(std::move(log)),
      reporting_(std::move(reporting)),
      observer_(
          options_.threads, [this](const rules::Record& one) { record(one); },
          settings_of(options_)),
      mark_api_(marks_, reporting_->ledger(), mark_world()) {
  options_.tap.hash_key = random_key();
  if (options_.limits.memory_bytes_max) memory_.emplace(*options_.limits.memory_bytes_max, *log_);
}

Watch::~Watch() {
  if (exporter_) exporter_->finish();  // It asks the others.
}

tl::expected<std::unique_ptr<Watch>, net::StartError> Watch::start(WatchOptions options) {
  auto log = make_log(options.log);
  auto reporting = Reporting::open(options, report::WallClock::now(),
                                   [log](const std::string& sentence) { log->error(sentence); });
  if (!reporting) return tl::unexpected(net::StartError{reporting.error()});

  std::unique_ptr<Watch> watch(
      new Watch(std::move(options), std::move(log), std::move(*reporting)));
  if (auto served = watch->serve(); !served) return tl::unexpected(served.error());
  return watch;
}

tl::expected<void, net::StartError> Watch::serve() {
  share_heaps(options_.threads);
  auto tls = WatchTls::start(options_.tls, *log_);
  if (!tls) return tl::unexpected(tls.error());
  tls_ = std::move(*tls);
  if (auto started = start_capture(); !started) return started;
  prepare_export();
  std::vector<observe::EventRing*> rings;
  std::vector<capture::Recorder*> recorders;
  for (std::size_t i = 0; i < options_.threads; ++i) rings.push_back(&observer_.ring(i));
  for (std::size_t i = 0; i < options_.threads && capture_; ++i)
    recorders.push_back(&capture_->recorder(i));
  if (memory_) observer_.ask_for_memory([this] { return memory_->look(observe::now()); });
  observer_.start();
  auto forwarder = net::Forwarder::start({.listen = options_.listen,
                                          .upstreams = options_.upstreams.endpoints,
                                          .balance = options_.upstreams.balance,
                                          .naming = options_.naming,
                                          .tls_clients = tls_.clients(),
                                          .tls_upstream = tls_.upstream(),
                                          .tap = options_.tap,
                                          .rings = rings,
                                          .wake_observer = [this] { observer_.wake(); },
                                          .recorders = std::move(recorders),
                                          .bounds = bounds(),
                                          .log = *log_});
  if (!forwarder) return tl::unexpected(forwarder.error());
  forwarder_ = std::move(*forwarder);
  if (exporter_) exporter_->start();

  if (options_.admin) {
    auto admin =
        admin::Admin::start(options_.admin->address, options_.admin->access, admin_sources());
    if (!admin) return tl::unexpected(net::StartError{"--admin: " + admin.error().sentence});
    admin_ = std::move(*admin);
  }
  // Other programs wait for exactly these lines, each in one write.
  std::string ready = "sioscope: listening on " + url() + "\n";
  if (const auto admin = admin_url()) ready += "sioscope: admin on " + *admin + "\n";
  std::cerr << ready << std::flush;
  return {};
}

void Watch::record(const rules::Record& one) {
  if (capture_) {
    if (const auto* const finding = std::get_if<rules::Finding>(&one))
      capture_->note(reporting_->redaction().finding(*finding));
    else
      capture_->note(one);
  }
  const report::Assessment assessment = reporting_->record(one);
  if (exporter_) exporter_->tell(one, assessment);
}

void Watch::prepare_export() {
  otlp::Asked asked = otlp::read_variables([](const char* name) { return std::getenv(name); });
  for (const std::string& warning : asked.warnings) log_->warn("OTLP: {}", warning);
  if (!asked.settings) return;
  exporter_ = std::make_unique<otlp::Exporter>(
      std::move(*asked.settings), otlp::Sources{.numbers = [this] { return numbers(); },
                                                .clock = reporting_->clock(),
                                                .redaction = reporting_->redaction(),
                                                .log = log_});
}

tl::expected<void, net::StartError> Watch::start_capture() {
  if (!options_.capture) return {};
  const std::string path = options_.capture->rotation.path;
  auto started = capture::Capture::start({.rotation = options_.capture->rotation,
                                          .secrets = options_.capture->secrets,
                                          .socketio_path = options_.tap.http.path_prefix,
                                          .loops = options_.threads,
                                          .to_epoch = reporting_->clock().to_epoch(),
                                          .application = "sioscope",
                                          .log = *log_});
  if (!started)
    return tl::unexpected(net::StartError{
        "cannot write the capture file '" + path + "': " + std::strerror(started.error()) +
        "; name a file in a folder that exists and may be written"});
  capture_ = std::move(*started);
  return {};
}

net::Bounds Watch::bounds() const {
  net::Bounds bounds{.connections_max = options_.limits.connections_max,
                     .head_timeout = options_.limits.head_timeout,
                     .idle_timeout = options_.limits.idle_timeout};
  if (memory_) {
    bounds.short_of_memory = &memory_->is_short();
    bounds.inflate_bytes_max =
        std::min<std::uint64_t>(bounds.inflate_bytes_max, memory_->bytes_max() / kInflatePart);
  }
  return bounds;
}

std::string Watch::url() const {
  return (tls_.clients() == nullptr ? "http://" : "https://") + forwarder_->bound().text();
}

std::optional<std::string> Watch::admin_url() const {
  if (!admin_) return std::nullopt;
  return "http://" + admin_->bound().text();
}

admin::Numbers Watch::numbers() {
  const observe::Snapshot snapshot = observer_.snapshot();
  const net::Totals totals = forwarder_->totals();
  return {.tally = snapshot.tally,
          .live = snapshot.live,
          .traffic = snapshot.traffic,
          .findings = reporting_->ledger().counts(),
          .connections_active = totals.active,
          .connections_total = totals.accepted,
          .bytes_to_server = totals.bytes_to_server,
          .bytes_to_client = totals.bytes_to_client,
          .upstream_failures = totals.upstream_failures,
          .upstreams = forwarder_->standings(),
          .accept_pauses = totals.accept_pauses,
          .stalls = totals.stalls,
          .pending_bytes_peak = totals.pending_bytes_peak,
          .full = totals.full,
          .timeouts = totals.timeouts,
          .resident_bytes = resident_bytes(),
          .memory_is_short = memory_ && memory_->is_short(),
          .recorded = recorded(),
          .client_handshakes = handshakes_of(tls_.clients(), totals.client_handshakes),
          .upstream_handshakes = handshakes_of(tls_.upstream(), totals.upstream_handshakes),
          .exported = exporter_ ? exporter_->counts() : std::vector<admin::Numbers::Exported>()};
}

admin::Sources Watch::admin_sources() {
  return {.metrics = [this] { return admin::metrics_text(numbers()); },
          .findings =
              [this] {
                auto all = nlohmann::ordered_json::array();
                for (const report::Assessed& one : reporting_->ledger().findings())
                  all.push_back(report::to_json(one.finding, one.assessment, reporting_->clock(),
                                                reporting_->redaction()));
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
          .undecided =
              [this](const observe::Snapshot& snapshot) {
                return reporting_->undecided(snapshot.suspects);
              },
          .judge = [this](Outcome outcome) { return judged(std::move(outcome)); },
          .to_json =
              [this](const report::Assessed& one) {
                return report::to_json(one.finding, one.assessment, reporting_->clock(),
                                       reporting_->redaction());
              }};
}

std::optional<core::Instant> Watch::suspects_settle_at(const observe::Snapshot& snapshot) const {
  std::optional<core::Instant> latest;
  for (const rules::Suspect& suspect : reporting_->undecided(snapshot.suspects))
    latest = std::max(latest.value_or(core::Instant{}), suspect.settles_at);
  return latest;
}

report::Verdict Watch::judged(Outcome outcome) const {
  return reporting_->judged(std::move(outcome),
                            options_.expect_traffic ? Traffic::Expected : Traffic::Optional);
}

report::Verdict Watch::judge_now(const observe::Snapshot& snapshot, std::optional<int> child_exit) {
  const std::vector<report::FindingClass> classes = reporting_->ledger().classes();
  rules::Tally tally = snapshot.tally;
  if (const Mark origin = marks_.origin(); origin.at != core::Instant{}) {
    tally = between(origin.tally, tally);
    tally.findings = {};
    for (const report::FindingClass& one : classes)
      tally.findings[static_cast<std::size_t>(one.severity)] += one.count;
  }
  return judged({.tally = std::move(tally),
                 .findings = classes,
                 .suspects = !reporting_->undecided(snapshot.suspects).empty(),
                 .child_exit = child_exit});
}

bool Watch::alive() const {
  const core::Instant since = observe::now() - kHangs;
  return observer_.looked_at() > since && forwarder_->turned_at() > since;
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

std::optional<admin::Numbers::Recorded> Watch::recorded() const {
  if (!capture_) return std::nullopt;
  const capture::CaptureCounts counts = capture_->counts();
  return admin::Numbers::Recorded{counts.written, counts.lost_in_ring, counts.lost_on_disk};
}

void Watch::end_capture(core::Instant end) {
  capture_->finish(end, command_ended_);
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
  if (exporter_) exporter_->finish();

  return reporting_->finish([&] { return judge_now(last, child_exit); }, observe::now());
}

}  // namespace proxy::cli
