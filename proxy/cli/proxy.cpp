#include <iostream>

#include "proxy/cli/commands.hpp"
#include "proxy/cli/watch.hpp"

namespace proxy::cli {

int proxy_command(Arguments arguments) {
  auto options = parse_proxy(arguments, rules::registry(), today());
  if (!options) return say(options.error());
  const auto drain = options->drain;

  Signals signals;
  auto watch = Watch::start(std::move(*options));
  if (!watch) return say({kExitUsage, "sioscope proxy: " + watch.error().sentence});

  while (true) {
    const auto arrived = signals.wait(std::chrono::hours(1));
    if (!arrived || arrived->number == SIGCHLD) continue;
    if (arrived->number != SIGHUP) break;
    (*watch)->reload_certificates();
  }
  (*watch)->drain(drain, signals);
  return (*watch)->finish(std::nullopt);
}

}  // namespace proxy::cli
