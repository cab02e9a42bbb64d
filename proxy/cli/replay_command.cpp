#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>
#include <utility>

#include "core/replay/script.hpp"
#include "core/replay/session_reader.hpp"
#include "proxy/cli/capture_files.hpp"
#include "proxy/cli/command_line.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/judging_options.hpp"
#include "proxy/cli/playback.hpp"
#include "proxy/cli/recorded.hpp"
#include "proxy/cli/replay_options.hpp"
#include "proxy/cli/reporting.hpp"
#include "proxy/cli/signals.hpp"
#include "proxy/observe/clock.hpp"
#include "proxy/replay/comparison.hpp"
#include "proxy/replay/reenactment.hpp"
#include "proxy/replay/serving.hpp"
#include "proxy/report/record_json.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::cli {
namespace {

void say_line(const std::string& line) {
  std::cerr << "sioscope replay: " + line + "\n" << std::flush;
}

int serve(const ReplayOptions& options, Recorded recorded) {
  Signals signals;
  auto serving = replay::Serving::start(*options.serve, {.sessions = std::move(recorded.sessions),
                                                         .path = options.tap.http.path_prefix + "/",
                                                         .speed = options.speed});
  if (!serving) return say({kExitUsage, "sioscope replay: --serve: " + serving.error().sentence});
  // Other programs wait for exactly this line.
  std::cerr << "sioscope: listening on http://" + (*serving)->bound().text() + "\n" << std::flush;
  while (true) {
    const auto arrived = signals.wait(std::chrono::hours(1));
    if (arrived && (arrived->number == SIGTERM || arrived->number == SIGINT)) break;
  }
  say_line(report::counted((*serving)->sessions(), "session was", "sessions were") + " served");
  return kExitClean;
}

/// What the correct client could do, in a sentence.
std::string told(const ReplayOptions& options, const replay::Reenacted& done) {
  const core::replay::Performance& total = done.total;
  std::string text =
      report::counted(done.clients, "client", "clients") + " re-enacted against " +
      options.against->text() + ": " + report::counted(total.sessions, "session", "sessions") +
      ", " + std::to_string(total.sent) + " of " + report::counted(total.emits, "event", "events") +
      " sent, " + std::to_string(total.answered) + " of " +
      report::counted(total.asked, "acknowledgement", "acknowledgements") + " came";
  if (done.interrupted) text += "; interrupted";
  return text;
}

int against(ReplayOptions options, Recorded recorded) {
  auto tls = client::TlsContext::make(options.tls);
  if (!tls) return say({kExitUsage, "sioscope replay: " + tls.error()});
  const core::Instant began = observe::now();
  auto opened = Reporting::open(options, report::WallClock::now(), say_line);
  if (!opened) return say({kExitUsage, "sioscope replay: " + opened.error()});
  Reporting& reporting = **opened;

  std::map<std::uint32_t, rules::Finding> findings;
  Playback playback(options.tap, rules_settings(options), "", [&](const rules::Record& record) {
    keep_record(record, findings);
    reporting.record(record);
  });
  const replay::Reenacted done = replay::reenact(
      {.remote = *options.against,
       .tls = &*tls,
       .player = {.script = {},
                  .target = options.target,
                  .auth = options.auth,
                  .speed = options.speed,
                  .at_once = options.at_once},
       .scripts = std::move(recorded.scripts),
       .copies = options.clients,
       .see = [&](const core::capture::Item& item) { static_cast<void>(playback.play(item)); },
       .progress =
           [&](std::size_t finished, std::size_t all) {
             playback.advance(observe::now());
             const auto seconds = std::chrono::floor<std::chrono::seconds>(observe::now() - began);
             reporting.terminal().progress("sioscope: " + std::to_string(finished) + " of " +
                                           report::counted(all, "client", "clients") + " done, " +
                                           std::to_string(seconds.count()) + " s");
           }});
  playback.finish(observe::now());
  reporting.terminal().progress("");

  say_line(told(options, done));
  if (done.total.sessions == 0)
    say_line("no session came about: " +
             (done.link_error.empty() ? done.total.last_error : done.link_error));
  else if (done.total.not_sent > 0)
    say_line(report::counted(done.total.not_sent, "event was", "events were") + " not sent" +
             (done.total.last_error.empty() ? "" : ": " + done.total.last_error) +
             "; secrets of a capture are pseudonyms: give real ones with --auth or --header");

  replay::Side replayed{.findings = {}, .tally = playback.tally()};
  for (auto& [number, finding] : findings) replayed.findings.push_back(std::move(finding));
  const replay::Comparison comparison = compare(recorded.side, replayed);
  reporting.note(report::to_line(replay::json_of(comparison)));
  std::cerr << replay::text_of(comparison, report::colours_for(STDERR_FILENO)) << std::flush;
  return reporting.finish(
      [&] {
        return reporting.judged({.tally = playback.tally(),
                                 .findings = reporting.ledger().classes(),
                                 .capture_damaged = recorded.damaged || done.interrupted,
                                 .child_exit = std::nullopt},
                                Traffic::Replayed);
      },
      observe::now());
}

}  // namespace

int replay_command(Arguments arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  auto options = parse_replay(arguments, rules::registry(), today());
  if (!options) return say(options.error());
  auto files = CaptureFiles::open(options->files);
  if (!files) return say({kExitUsage, "sioscope replay: " + files.error()});
  Recorded recorded = read_recorded(*files, *options, say_line);
  if (recorded.sessions.empty())
    return say({kExitInconclusive,
                "sioscope replay: no Socket.IO session is in '" + options->files.front() +
                    "' from its handshake on; see what is with sioscope analyze"});
  return options->serve ? serve(*options, std::move(recorded))
                        : against(std::move(*options), std::move(recorded));
}

}  // namespace proxy::cli
