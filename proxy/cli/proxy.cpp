#include <iostream>

#include "proxy/cli/commands.hpp"
#include "proxy/cli/service_manager.hpp"
#include "proxy/cli/watch.hpp"

namespace proxy::cli {
namespace {

/// For the verdict, the capture and what is still to be exported, after the drain.
constexpr std::chrono::seconds kEndings{10};

}  // namespace

int proxy_command(Arguments arguments) {
  auto options = parse_proxy(arguments, rules::registry(), today());
  if (!options) return say(options.error());
  const auto drain = options->drain;

  ServiceManager manager;
  Signals signals;
  auto watch = Watch::start(std::move(*options));
  if (!watch) return say({kExitUsage, "sioscope proxy: " + watch.error().sentence});

  const std::string status = "listening on " + (*watch)->url();
  manager.ready(status);

  while (true) {
    const auto arrived = signals.wait(manager.watchdog().value_or(std::chrono::hours(1)));
    if ((*watch)->alive()) manager.alive();
    if (!arrived || arrived->number == SIGCHLD) continue;
    if (arrived->number != SIGHUP) break;
    manager.reloading();
    (*watch)->reload_certificates();
    manager.ready(status);
  }
  manager.stopping("draining", drain + kEndings);
  (*watch)->drain(drain, signals);
  return (*watch)->finish(std::nullopt);
}

}  // namespace proxy::cli
