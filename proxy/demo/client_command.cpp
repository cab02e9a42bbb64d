#include <iostream>
#include <sstream>
#include <string>

#include "core/engineio/base64.hpp"
#include "core/json/json.hpp"
#include "proxy/client/driver.hpp"
#include "proxy/client/stop_signals.hpp"
#include "proxy/connect/happening_json.hpp"
#include "proxy/connect/lines.hpp"
#include "proxy/demo/leaky_client.hpp"
#include "proxy/demo/parts.hpp"

/// `sioscope demo --client URL`: one of the demo's clients alone. Prints what happens as JSON
/// lines, and takes commands as JSON lines on stdin:
///
///     {"emit":"echo","args":[1,{"_placeholder":true,"num":0}],"attachments":["AAE="],"nsp":"/","ack":true}
///     {"disconnect":true}
///     {"connect":true}
///
/// Events that ask for an ack are acknowledged with their arguments. SIGTERM disconnects and ends.
namespace proxy::demo {
namespace {

using namespace core::client;
using core::Instant;
namespace json = core::json;

void print(const std::string& happened) {
  std::cout << "{\"happened\":" + happened + "}\n" << std::flush;
}

std::string text_member(std::string_view object, std::string_view key, std::string fallback) {
  const auto value = json::find_member(object, key);
  if (!value || value->kind != json::Kind::String) return fallback;
  std::string text;
  json::unescape(value->raw, text);
  return text;
}

template <class Machine>
void obey(std::string_view line, Machine& machine, Instant now, Output& out) {
  const auto shape = json::inspect(line);
  if (!shape || shape->kind != json::Kind::Object) return print("\"bad-command\"");
  if (json::find_member(line, "connect")) machine.connect(now, out);
  if (json::find_member(line, "disconnect")) machine.disconnect(now, out);
  if (!json::find_member(line, "emit")) return;

  std::vector<std::string> attachments;
  if (const auto list = json::find_member(line, "attachments")) {
    json::ElementReader elements(list->raw);
    while (const auto element = elements.next())
      core::engineio::decode_base64(element->raw.substr(1, element->raw.size() - 2),
                                    attachments.emplace_back());
  }
  const auto args = json::find_member(line, "args");
  const auto sent = machine.emit({.ns = text_member(line, "nsp", "/"),
                                  .name = text_member(line, "emit", ""),
                                  .arguments = args ? array_inside(args->raw) : std::string(),
                                  .attachments = std::move(attachments),
                                  .ask = json::find_member(line, "ack") ? Ask::Ack : Ask::Nothing},
                                 now, out);
  if (!sent) print("\"not-connected\"");
}

template <class Machine>
int run(Options options, const client::Remote& remote) {
  const auto loop = client::make_loop();
  using Driver = client::Driver<Machine, Output>;
  Driver* self = nullptr;
  Driver driver(*loop, std::move(options), [&self](const Happening& happening) {
    std::cout << connect::happening_json(happening) << std::endl;
    const auto* received = std::get_if<Received>(&happening);
    if (received && received->id)
      self->act([received](Machine& m, Instant, Output& out) {
        m.acknowledge(received->ns, *received->id, received->arguments, out, received->attachments);
      });
  });
  self = &driver;
  driver.set_remote(remote);
  connect::Lines lines(
      *loop,
      [&driver](std::string_view line) {
        driver.act([line](Machine& m, Instant now, Output& out) { obey(line, m, now, out); });
      },
      [] {});  // Nobody commands any more: it goes on.
  client::Alarm goodbye(*loop, [&loop] { uv_stop(loop.get()); });
  client::StopSignals signals(*loop, [&driver, &goodbye] {
    driver.act([](Machine& m, Instant now, Output& out) { m.disconnect(now, out); });
    goodbye.set(observe::now() + std::chrono::milliseconds(100));
  });
  driver.act([](Machine& m, Instant now, Output& out) { m.connect(now, out); });
  uv_run(loop.get(), UV_RUN_DEFAULT);
  return 0;
}

}  // namespace

int run_client(const DemoOptions& options) {
  const auto url = proxy::client::parse_server_url(*options.client);
  if (!url) {
    std::cerr << "sioscope: " << url.error() << '\n';
    return 2;
  }
  Options client;
  client.engine.target.host = url->remote.authority();
  client.back_off = {std::chrono::milliseconds(450), std::chrono::milliseconds(450), 1.0 / 3};
  switch (options.transport) {
    case DemoOptions::Transport::Upgrade:
      client.engine.transports = Transports::PollingThenWebSocket;
      break;
    case DemoOptions::Transport::Polling:
      client.engine.transports = Transports::Polling;
      break;
    case DemoOptions::Transport::WebSocket:
      client.engine.transports = Transports::WebSocket;
      break;
  }
  client.namespaces.clear();
  std::istringstream names(options.namespaces);
  for (std::string ns; std::getline(names, ns, ',');) client.namespaces.push_back({ns, {}});
  return options.leaky ? run<LeakyClient>(client, url->remote) : run<Client>(client, url->remote);
}

}  // namespace proxy::demo
