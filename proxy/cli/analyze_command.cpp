#include <algorithm>
#include <chrono>
#include <cstring>
#include <iostream>
#include <memory>

#include "proxy/cli/analyze_options.hpp"
#include "proxy/cli/capture_files.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/har_export.hpp"
#include "proxy/cli/judging_options.hpp"
#include "proxy/cli/playback.hpp"
#include "proxy/cli/reporting.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::cli {
namespace {

/// Items between two looks at how far we are.
constexpr std::uint64_t kItemsPerLook = 4096;

void say_line(const std::string& line) {
  std::cerr << "sioscope analyze: " + line + "\n" << std::flush;
}

/// Instants of a capture are wall-clock times already; reports count from its beginning.
report::WallClock clock_from(core::Instant began) {
  if (began == core::Instant::max()) began = {};  // There is nothing in it.
  const auto start = std::chrono::floor<std::chrono::milliseconds>(began.time_since_epoch());
  return {core::Instant(start), report::WallClock::Time(start)};
}

/// Says what could not be read; whether the verdict must suffer for it.
bool tell_problems(CaptureFiles& files, report::Terminal& terminal) {
  bool damaged = false;
  for (const CaptureFiles::Problem& problem : files.take_problems()) {
    terminal.progress("");
    say_line(problem.text);
    damaged = damaged || problem.hides_traffic;
  }
  return damaged;
}

/// One item, and on the way, before its bytes are overwritten, into the HAR.
Playback::Wanted play_one(const core::capture::Item& item, Playback& playback, HarExport* har) {
  const bool opens = std::holds_alternative<core::capture::Opened>(item.what);
  if (har != nullptr && !opens && playback.follows(item.connection)) har->observe(item);
  const Playback::Wanted wanted = playback.play(item);
  if (har != nullptr && opens && playback.follows(item.connection)) har->observe(item);
  return wanted;
}

/// Plays all of it; whether some of it could not be read.
bool play(CaptureFiles& files, Playback& playback, HarExport* har, report::Terminal& terminal) {
  core::capture::Recording& recording = files.recording();
  bool damaged = false;
  for (std::uint64_t items = 0; const auto item = recording.next(); ++items) {
    if (play_one(*item, playback, har) == Playback::Wanted::EndOnly)
      recording.ignore(item->connection);
    if (items % kItemsPerLook != 0) continue;
    damaged = tell_problems(files, terminal) || damaged;
    if (const auto percent = files.percent())
      terminal.progress("sioscope: " + std::to_string(*percent) + " % read");
  }
  const core::capture::End end = recording.end();
  playback.finish(end.at, end.command_ended);
  return tell_problems(files, terminal) || damaged || !recording.end().reached;
}

/// What the user may want to know of the captures, beside the verdict.
void tell_notes(const Playback& playback) {
  if (playback.encrypted() != 0)
    say_line(report::counted(playback.encrypted(), "connection is", "connections are") +
             " encrypted (TLS) and cannot be read; capture behind what ends TLS in front of the "
             "server");
  for (const auto& [server, front] : playback.fronts())
    say_line("the sessions of " + server + " pass through " + front +
             " too, which is left out; to judge what passed there: --server " + front);
}

}  // namespace

int analyze_command(Arguments arguments) {
  auto options = parse_analyze(arguments, rules::registry(), today());
  if (!options) return say(options.error());
  auto files = CaptureFiles::open(options->files);
  if (!files) return say({kExitUsage, "sioscope analyze: " + files.error()});
  auto opened = Reporting::open(*options, clock_from(files->recording().began()), say_line);
  if (!opened) return say({kExitUsage, "sioscope analyze: " + opened.error()});
  Reporting& reporting = **opened;

  options->tap.hash_key = files->hash_key();
  const rules::Settings settings = rules_settings(*options);
  Playback playback(options->tap, settings, options->server,
                    [&](const rules::Record& one) { reporting.record(one); });
  std::unique_ptr<HarExport> har;
  if (options->har) {
    auto created = HarExport::open(
        *options->har, options->tap.http,
        options->capture_secrets ? HarExport::Secrets::Kept : HarExport::Secrets::Hidden,
        options->tap.hash_key);
    if (!created)
      return say({kExitUsage, "sioscope analyze: cannot write '" + *options->har +
                                  "': " + std::strerror(created.error()) +
                                  "; name a file in a folder that may be written"});
    har = std::move(*created);
  }
  const bool damaged = play(*files, playback, har.get(), reporting.terminal());
  if (const int error = har ? har->finish(damaged ? 1 : 0) : 0; error != 0)
    reporting.report_lost("cannot write '" + *options->har + "': " + std::strerror(error));
  tell_notes(playback);
  const auto judge = [&] {
    return reporting.judged({.tally = playback.tally(),
                             .findings = reporting.ledger().classes(),
                             .capture_damaged = damaged,
                             .child_exit = std::nullopt},
                            Traffic::Captured);
  };
  return reporting.finish(judge, files->recording().end().at);
}

}  // namespace proxy::cli
