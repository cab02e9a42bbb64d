#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/client/stop_signals.hpp"
#include "proxy/client/listening.hpp"
#include "proxy/demo/parts.hpp"

/// `sioscope demo --serve HOST:PORT`: the demo's server alone, with an application that the lab and
/// the official protocol test suites can talk to:
///
///     auth              sent to each new socket: the `auth` it connected with, or {}
///     message           comes back as message-back
///     echo              comes back
///     news              goes to everybody in the namespace
///     poison            io.emit(null, null): 42[null,null] to everybody in /
///     kick              ends the socket (packet 41)
///     sessions, ack     answers [{"sid":...,"transport":...,"sockets":{ns:sid}}, ...]
///     anything, ack     answers with the arguments
///
/// Beside it, /engine.io/ is a bare engine that echoes, as the Engine.IO suite wants it.
namespace proxy::demo {
namespace {

using namespace core::server;
using core::Instant;

/// `auth` follows the CONNECT in a packet of its own that must not share its TCP segment: the
/// official suite listens for the second message only when it has seen the first.
constexpr auto kGreetingDelay = std::chrono::milliseconds(10);

/// Both servers behind one port: a link belongs to the engine that its first request names.
class Both {
 public:
  Both(const Options& options, std::uint64_t seed)
      : sockets_(options, seed), echo_(bare(options), seed) {}

  void opened(LinkId link, Instant now, Output& out) { sockets_.opened(link, now, out); }
  void receive(LinkId link, std::string_view bytes, Instant now, Output& out) {
    if (!seen_.contains(link)) {
      seen_.insert(link);
      const auto target = bytes.substr(0, bytes.find('\r'));
      if (target.find(" /engine.io/") != std::string_view::npos) {
        echo_.opened(link);
        echoes_.insert(link);
      }
    }
    if (!echoes_.contains(link)) return sockets_.receive(link, bytes, now, out);
    EngineOutput engine;
    echo_.receive(link, bytes, now, engine);
    echo(engine, now, out);
  }
  void closed(LinkId link, Instant now, Output& out) {
    seen_.erase(link);
    sockets_.closed(link, now, out);
    if (echoes_.erase(link) == 0) return;
    EngineOutput engine;
    echo_.closed(link, now, engine);
    echo(engine, now, out);
  }
  [[nodiscard]] std::optional<Instant> deadline() const noexcept {
    const auto one = sockets_.deadline(), other = echo_.deadline();
    return one && other ? std::min(*one, *other) : one ? one : other;
  }
  void advance(Instant now, Output& out) {
    sockets_.advance(now, out);
    EngineOutput engine;
    echo_.advance(now, engine);
    echo(engine, now, out);
  }
  [[nodiscard]] Server& sockets() noexcept { return sockets_; }

 private:
  static EngineOptions bare(Options options) {
    options.engine.path = "/engine.io/";
    return options.engine;
  }
  void echo(EngineOutput& engine, Instant now, Output& out) {
    EngineOutput answers;
    for (const auto& happening : engine.happenings)
      if (const auto* it = std::get_if<MessageReceived>(&happening))
        echo_.send(it->session, it->message, now, answers);
    for (auto* part : {&engine, &answers})
      out.actions.insert(out.actions.end(), part->actions.begin(), part->actions.end());
  }

  Server sockets_;
  EngineServer echo_;
  std::set<LinkId> seen_;
  std::set<LinkId> echoes_;
};

std::string sessions_json(const Server& server) {
  using core::client::json_string;
  std::string text;
  for (const auto& session : server.sessions()) {
    std::string sockets;
    for (const auto& [ns, sid] : session.sockets)
      sockets.append(sockets.empty() ? "" : ",").append(json_string(ns) + ':' + json_string(sid));
    text.append(text.empty() ? "" : ",");
    text += "{\"sid\":" + json_string(session.engine_sid) +
            ",\"transport\":" + json_string(session.transport) + ",\"sockets\":{" + sockets + "}}";
  }
  return '[' + text + ']';
}

void answer(Server& server, const Received& event, Instant now, Output& out) {
  if (event.name == "message")
    server.emit(event.socket, "message-back", event.arguments, now, out, event.attachments);
  if (event.name == "echo")
    server.emit(event.socket, "echo", event.arguments, now, out, event.attachments);
  if (event.name == "news") server.broadcast(event.socket.ns, "news", event.arguments, now, out);
  if (event.id)
    server.acknowledge(event.socket, *event.id,
                       event.name == "sessions" ? sessions_json(server) : event.arguments, now, out,
                       event.attachments);
  if (event.name == "poison") server.broadcast_raw("/", "2[null,null]", now, out);
  if (event.name == "kick") server.disconnect(event.socket, now, out);
}

}  // namespace

int run_server(const DemoOptions& options) {
  const auto endpoint = net::parse_endpoint(*options.serve);
  if (!endpoint) {
    std::cerr << "sioscope: " << endpoint.error().sentence << '\n';
    return 2;
  }
  Options server;
  server.engine.ping_interval = options.ping_interval;
  server.engine.ping_timeout = options.ping_timeout;
  if (options.allow_eio3) server.engine.revisions = Revisions::V3Too;
  server.namespaces = {"/", "/chat", "/admin", "/custom"};

  const auto loop = client::make_loop();
  client::Listening<Both>* self = nullptr;
  std::vector<Connected> fresh;
  client::Alarm greeting(*loop, [&self, &fresh] {
    self->act([&fresh](Both& both, Instant now, Output& out) {
      for (const Connected& it : std::exchange(fresh, {}))
        both.sockets().emit(it.socket, "auth", it.auth.empty() ? "{}" : it.auth, now, out);
    });
  });
  client::Listening<Both> driver(*loop, server, [&](const Happening& happening) {
    if (const auto* connected = std::get_if<Connected>(&happening)) {
      fresh.push_back(*connected);
      greeting.set(observe::now() + kGreetingDelay);
    }
    if (const auto* received = std::get_if<Received>(&happening))
      self->act([received](Both& both, Instant now, Output& out) {
        answer(both.sockets(), *received, now, out);
      });
  });
  self = &driver;
  const auto bound = driver.listen(*endpoint);
  if (!bound) {
    std::cerr << "sioscope: " << bound.error().sentence << '\n';
    return 2;
  }
  client::StopSignals signals(*loop, [&loop] { uv_stop(loop.get()); });
  std::cerr << "sioscope: listening on http://" + bound->text() + "\n" << std::flush;
  uv_run(loop.get(), UV_RUN_DEFAULT);
  return 0;
}

}  // namespace proxy::demo
