#include <httplib.h>

#include "proxy/cli/command_line.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/verdict.hpp"
#include "proxy/net/address.hpp"

namespace proxy::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds(3);

}  // namespace

int health_command(Arguments arguments) {
  CLI::App app("Asks a running proxy whether it is ready, as a health check of a container does.",
               "sioscope health");
  std::string admin = "http://127.0.0.1:9100";
  app.add_option("URL", admin, "what the proxy said behind `admin on`")->capture_default_str();
  app.footer(
      "Examples:\n"
      "  sioscope health\n"
      "  sioscope health http://127.0.0.1:9200\n"
      "Exits with 0 when /readyz answers 200, 1 when it does not (it drains, or nobody answers "
      "within 3 s), 2 (usage).");
  if (auto stop = parse_with(app, arguments)) return say(*stop);
  const auto url = net::parse_http_url(admin);
  if (!url) return say(usage_error(app, url.error().sentence));
  if (url->scheme != net::HttpUrl::Scheme::Http)
    return say(usage_error(app, "'" + admin + "': the admin server has no TLS; write http://"));
  const net::Endpoint& endpoint = url->endpoint;

  httplib::Client client(endpoint.host, endpoint.port);
  client.set_connection_timeout(kPatience);
  client.set_read_timeout(kPatience);
  const httplib::Result answer = client.Get("/readyz");
  if (!answer)
    return say({kExitFindings, "sioscope health: nobody answers on " + endpoint.text() +
                                   "; start the proxy with --admin " + endpoint.text()});
  if (answer->status != 200)
    return say({kExitFindings, "sioscope health: " + endpoint.text() + " answers " +
                                   std::to_string(answer->status) + ": " +
                                   answer->body.substr(0, answer->body.find('\n'))});
  return say({kExitClean, "ready\n"});
}

}  // namespace proxy::cli
