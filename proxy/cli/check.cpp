#include <cstring>
#include <iostream>
#include <memory>

#include "proxy/cli/child.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/recorded.hpp"
#include "proxy/cli/watch.hpp"
#include "proxy/observe/clock.hpp"
#include "proxy/replay/serving.hpp"

namespace proxy::cli {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// How long after the command's end its last bytes may still be on their way to the analysis.
constexpr auto kSettle = 150ms;
constexpr auto kLook = 50ms;

struct ChildEnd {
  int exit_code;
  bool interrupted;  ///< we were asked to stop: nobody wants to wait any more
};

/// Waits for the command. The first SIGTERM or SIGINT is passed on; after a second, or when the
/// command has not ended within `drain`, it is killed.
ChildEnd wait_for(Child& child, Watch& watch, Signals& signals, std::chrono::milliseconds drain) {
  std::optional<Steady::time_point> kill_at;
  while (true) {
    if (const auto code = child.exit_code()) return {*code, kill_at.has_value()};
    if (kill_at && Steady::now() >= *kill_at) child.signal(SIGKILL);

    const auto arrived = signals.wait(kLook * 4);
    if (!arrived || arrived->number == SIGCHLD) continue;
    if (arrived->number == SIGHUP) {
      watch.reload_certificates();
      continue;
    }
    if (kill_at) {
      kill_at = Steady::now();
      continue;
    }
    kill_at = Steady::now() + drain;
    if (!arrived->from_terminal) child.signal(arrived->number);  // Else it has it already.
  }
}

std::string progress_line(const observe::Snapshot& snapshot, std::chrono::seconds left) {
  return "sioscope: the command has ended; waiting up to " + std::to_string(left.count()) +
         " s for proof (" + std::to_string(snapshot.tally.sessions) + " sessions seen)";
}

/// Waits while a suspect is open: until its own heartbeat must have settled the matter, within the
/// grace.
void wait_for_proof(Watch& watch, Signals& signals,
                    std::optional<std::chrono::milliseconds> grace) {
  const core::Instant begin = observe::now();
  while (true) {
    const auto arrived = signals.wait(kLook);
    if (arrived && (arrived->number == SIGTERM || arrived->number == SIGINT)) break;

    const core::Instant now = observe::now();
    if (now < begin + kSettle) continue;
    const observe::Snapshot snapshot = watch.snapshot();
    const auto settle_at = watch.suspects_settle_at(snapshot);
    if (!settle_at) break;
    const core::Instant last =
        grace ? begin + *grace : std::min<core::Instant>(begin + kGraceMax, *settle_at + kSettle);
    if (now >= last) break;
    watch.terminal().progress(
        progress_line(snapshot, std::chrono::ceil<std::chrono::seconds>(last - now)));
  }
  watch.terminal().progress("");
}

/// Where the command connects to: an address that means "all of them" is no place to do so.
std::string reachable(std::string url) {
  for (const auto& [any, loopback] :
       {std::pair{"//0.0.0.0:", "//127.0.0.1:"}, {"//[::]:", "//[::1]:"}})
    if (const auto at = url.find(any); at != std::string::npos)
      url.replace(at, std::strlen(any), loopback);
  return url;
}

std::vector<Child::Variable> variables_of(const CheckOptions& options, const Watch& watch) {
  const std::string url = reachable(watch.url());
  std::vector<Child::Variable> variables{{"SIOSCOPE_URL", url}};
  if (const auto admin = watch.admin_url()) {
    variables.emplace_back("SIOSCOPE_ADMIN", reachable(*admin));
    if (const std::string& token = options.watch.admin->access.token; !token.empty())
      variables.emplace_back(kAdminTokenVariable, token);
  }
  for (const std::string& name : options.env) variables.emplace_back(name, url);
  return variables;
}

/// The server of the captures, on a port of its own. Errors: a sentence.
tl::expected<std::unique_ptr<replay::Serving>, std::string> serve_recorded(
    const CheckOptions& options) {
  auto files = CaptureFiles::open(options.replay);
  if (!files) return tl::unexpected(files.error());
  Recorded recorded = read_recorded(*files, options.watch, [](const std::string& problem) {
    std::cerr << "sioscope check: " + problem + "\n" << std::flush;
  });
  if (recorded.sessions.empty())
    return tl::unexpected("no Socket.IO session is in '" + options.replay.front() +
                          "' from its handshake on; see what is with sioscope analyze");
  auto serving =
      replay::Serving::start({"127.0.0.1", 0}, {.sessions = std::move(recorded.sessions),
                                                .path = options.watch.tap.http.path_prefix + "/",
                                                .speed = options.replay_speed});
  if (!serving) return tl::unexpected(serving.error().sentence);
  return std::move(*serving);
}

}  // namespace

int check_command(Arguments arguments) {
  auto options = parse_check(arguments, rules::registry(), today());
  if (!options) return say(options.error());

  std::unique_ptr<replay::Serving> recorded_server;
  if (!options->replay.empty()) {
    auto served = serve_recorded(*options);
    if (!served) return say({kExitUsage, "sioscope check: --replay-serve: " + served.error()});
    recorded_server = std::move(*served);
    options->watch.upstreams.endpoints = {recorded_server->bound()};
  }

  Signals signals;
  auto started = Watch::start(options->watch);
  if (!started) return say({kExitUsage, "sioscope check: " + started.error().sentence});
  Watch& watch = **started;

  auto child = Child::start(options->command, variables_of(*options, watch));
  if (!child)
    return say({kExitUsage, "sioscope check: cannot start '" + options->command.front() + "': " +
                                std::strerror(child.error()) + "; check the command after --"});

  const ChildEnd end = wait_for(*child, watch, signals, options->watch.drain);
  watch.command_ended();
  if (!end.interrupted) wait_for_proof(watch, signals, options->grace);
  return watch.finish(end.exit_code);
}

}  // namespace proxy::cli
