#include "proxy/cli/command_line.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/duration.hpp"
#include "proxy/demo/demo.hpp"

namespace proxy::cli {
namespace {

using demo::DemoOptions;

/// Options for the lab, kept out of --help.
struct Written {
  std::string serve;
  std::string client;
  std::string transport = "upgrade";
  std::string ping_interval = "700ms";
  std::string ping_timeout = "500ms";
};

std::optional<DemoOptions::Transport> transport_named(const std::string& name) {
  if (name == "upgrade") return DemoOptions::Transport::Upgrade;
  if (name == "polling") return DemoOptions::Transport::Polling;
  if (name == "websocket") return DemoOptions::Transport::WebSocket;
  return std::nullopt;
}

}  // namespace

int demo_command(Arguments arguments) {
  CLI::App app(
      "Tells the whole story in seconds: a server, a correct client, one that leaks, and what "
      "sioscope says.",
      "sioscope demo");
  DemoOptions options;
  Written written;
  bool no_color = false;
  app.add_flag("--no-color", no_color, "plain text, also on a terminal");
  const std::string hidden;
  app.add_option("--serve", written.serve, "only the server")->group(hidden);
  app.add_option("--client", written.client, "only the client")->group(hidden);
  app.add_flag("--leaky", options.leaky, "it leaks")->group(hidden);
  app.add_option("--transport", written.transport, "of that client")->group(hidden);
  app.add_option("--namespaces", options.namespaces, "of that client")->group(hidden);
  app.add_option("--ping-interval", written.ping_interval, "of the server")->group(hidden);
  app.add_option("--ping-timeout", written.ping_timeout, "of the server")->group(hidden);
  app.add_flag("--eio3", options.allow_eio3, "of the server")->group(hidden);
  app.footer("Example:\n  sioscope demo");
  if (auto stop = parse_with(app, arguments)) return say(*stop);

  if (no_color) options.colour = DemoOptions::Colour::Off;
  if (!written.serve.empty()) options.serve = written.serve;
  if (!written.client.empty()) options.client = written.client;
  const auto transport = transport_named(written.transport);
  if (!transport)
    return say(usage_error(app, "--transport '" + written.transport +
                                    "' is unknown; there are: upgrade, polling, websocket"));
  options.transport = *transport;
  const auto interval = parse_duration(written.ping_interval);
  const auto timeout = parse_duration(written.ping_timeout);
  if (!interval || !timeout)
    return say(usage_error(
        app, "--ping-interval and --ping-timeout are durations; write them as 250ms or 5s"));
  options.ping_interval = *interval;
  options.ping_timeout = *timeout;
  return demo::run_demo(options);
}

}  // namespace proxy::cli
