#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/json/json.hpp"
#include "proxy/cli/command_line.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/duration.hpp"
#include "proxy/cli/target_options.hpp"
#include "proxy/connect/connect.hpp"

namespace proxy::cli {
namespace {

using namespace core::client;
using connect::ConnectOptions;
namespace json = core::json;

constexpr auto kTimeout = std::chrono::seconds(10);

constexpr std::string_view kFooter = R"(Examples:
  sioscope connect http://localhost:3000
      listen, until Ctrl-C
  sioscope connect http://localhost:3000/chat --auth token=abc --emit 'join "room 1"' --ack
      emit, print the acknowledgement, leave
  sioscope connect https://example.com --wait-for news --count 3 --timeout 30s
      exit with 0 once three came, with 1 if they do not
  printf '%s\n' '["say","hello"]' '["say",{"n":2}]' | sioscope connect ws://localhost:3000 --stdin

Prints one JSON object a line for each thing that happens: {"happened":"connected",...}, "event", "ack",
"ack-failed", "connect-error", "disconnected", "engine-closed" and so on. Events of the server that ask for an
acknowledgement get their own arguments back.
Exits with 0 when all that was asked for is done, 1 when it is not (one sentence on stderr says why), 2 when an
option is wrong.)";

/// What the options said, still as text.
struct Written : WrittenTarget {
  std::string url;
  std::string ns;
  std::string eio = "4";
  std::string transport = "upgrade";
  std::string parser = "json";
  std::string path = "/socket.io/";
  std::vector<std::string> emissions;
  std::vector<std::string> ack;
  std::vector<std::string> reconnect;
  std::string wait_for;
  std::string timeout;
};

using Sentence = std::optional<std::string>;  ///< what is wrong, if anything

template <class Value>
Sentence choose(const std::string& option, const std::string& word, Value& value,
                const std::vector<std::pair<std::string, Value>>& words) {
  std::string names;
  for (const auto& [name, meaning] : words) {
    if (name == word) {
      value = meaning;
      return std::nullopt;
    }
    names += (names.empty() ? "" : ", ") + name;
  }
  return option + " '" + word + "' is unknown; there are: " + names;
}

Sentence read_duration(const std::string& option, const std::string& text,
                       std::optional<std::chrono::milliseconds>& duration) {
  const auto parsed = parse_duration(text);
  if (!parsed) return option + " '" + text + "' is no duration; write it as 250ms or 5s";
  duration = *parsed;
  return std::nullopt;
}

Sentence read_reconnection(const std::vector<std::string>& words, Options& options) {
  options.reconnection = words.empty() ? Reconnection::Never : Reconnection::Always;
  if (words.empty() || words.back().empty()) return std::nullopt;
  std::optional<std::chrono::milliseconds> delay;
  if (auto wrong = read_duration("--reconnect", words.back(), delay)) return wrong;
  options.back_off.min = *delay;
  options.back_off.max = 5 * *delay;
  return std::nullopt;
}

/// Everything that needs no other to be understood.
Sentence read_parts(const Written& written, ConnectOptions& options, Namespace& joined) {
  EngineOptions& engine = options.client.engine;
  if (auto wrong = read_target_options(written, engine.target, joined.auth)) return wrong;
  if (auto wrong =
          choose("--eio", written.eio, engine.revision, {{"4", Revision::V4}, {"3", Revision::V3}}))
    return wrong;
  if (auto wrong = choose("--transport", written.transport, engine.transports,
                          {{"upgrade", Transports::PollingThenWebSocket},
                           {"polling", Transports::Polling},
                           {"websocket", Transports::WebSocket}}))
    return wrong;
  if (auto wrong = choose("--parser", written.parser, options.client.parser,
                          {{"json", Parser::Json}, {"msgpack", Parser::Msgpack}}))
    return wrong;
  if (!written.path.starts_with('/') ||
      written.path.find_first_of(" \t\r\n?#") != std::string::npos)
    return "--path '" + written.path + "' is none; it begins with / and has no query";
  engine.target.path = written.path + (written.path.ends_with('/') ? "" : "/");
  if (engine.revision == Revision::V3 && !written.auth.empty())
    return "--auth came with Engine.IO 4; with --eio 3 use --query";
  return std::nullopt;
}

Sentence read(const Written& written, ConnectOptions& options) {
  auto url = client::parse_server_url(written.url);
  if (!url) return url.error();
  options.remote = url->remote;
  options.client.engine.target.host = url->remote.authority();
  options.client.engine.target.query = url->query;
  Namespace joined{.ns = written.ns.empty() ? url->ns : written.ns};
  if (!joined.ns.starts_with('/')) joined.ns.insert(0, "/");
  if (auto wrong = read_parts(written, options, joined)) return wrong;
  if (options.client.engine.revision == Revision::V3)
    joined.query = options.client.engine.target.query;
  options.client.namespaces = {joined};
  options.client.offline = {OfflinePolicy::Buffer, 100'000};
  if (auto wrong = read_reconnection(written.reconnect, options.client)) return wrong;
  options.tls = tls_of(written);

  options.pattern.ns = joined.ns;
  if (!written.ack.empty()) {
    options.pattern.ask = Ask::Ack;
    std::optional<std::chrono::milliseconds> ack_timeout;
    if (!written.ack.back().empty())
      if (auto wrong = read_duration("--ack", written.ack.back(), ack_timeout)) return wrong;
    if (ack_timeout) options.pattern.ack_timeout = *ack_timeout;
  }
  for (const std::string& text : written.emissions) {
    auto emission = connect::parse_emission(text, options.pattern);
    if (!emission) return "--emit: " + emission.error();
    options.emissions.push_back(std::move(*emission));
  }
  if (!written.wait_for.empty()) {
    options.wait_for = written.wait_for;
    options.count = std::max<std::uint64_t>(options.count, 1);
  }
  const bool has_goal = options.count > 0 || !options.emissions.empty();
  if (!written.timeout.empty()) return read_duration("--timeout", written.timeout, options.timeout);
  if (has_goal && !options.reads_stdin) options.timeout = kTimeout;
  return std::nullopt;
}

}  // namespace

int connect_command(Arguments arguments) {
  CLI::App app("Connects to a Socket.IO server, emits, waits, and prints what happens.",
               "sioscope connect");
  ConnectOptions options;
  Written written;
  app.add_option("url", written.url, "http, https, ws or wss://HOST[:PORT][/NAMESPACE][?QUERY]")
      ->required();
  app.add_option("-n,--namespace", written.ns, "[that of the URL, or /]");
  add_target_options(app, written);
  app.add_option("--path", written.path, "of the server [/socket.io/]");
  app.add_option("--eio", written.eio, "Engine.IO protocol: 4, or 3 for socket.io 1 and 2 [4]")
      ->type_name("3|4");
  app.add_option("-t,--transport", written.transport, "how to get there [upgrade]")
      ->type_name("polling|websocket|upgrade");
  app.add_option("--parser", written.parser, "how packets are written [json]")
      ->type_name("json|msgpack");
  app.add_option("-e,--emit", written.emissions,
                 "'EVENT', 'EVENT JSON,JSON' or '[\"EVENT\",JSON]' (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--ack", written.ack, "ask for acknowledgements, and wait so long for each")
      ->expected(0, 1)
      ->type_name("[DURATION]");
  app.add_flag("--stdin", options.reads_stdin, "each line of standard input is an emission");
  app.add_option("-w,--wait-for", written.wait_for, "leave when this event has come");
  app.add_option("-c,--count", options.count, "... so many times; or so many events of any name");
  app.add_option("--timeout", written.timeout,
                 "for all of it [10s when something is to be done, else none]");
  app.add_option("--reconnect", written.reconnect,
                 "come back when the connection is lost, first after about so long [1s]")
      ->expected(0, 1)
      ->type_name("[DURATION]");
  app.footer(std::string(kFooter));
  if (auto stop = parse_with(app, arguments)) return say(*stop);
  if (app.count("--ack") > 0 && written.ack.empty()) written.ack.emplace_back();
  if (app.count("--reconnect") > 0 && written.reconnect.empty()) written.reconnect.emplace_back();
  if (const auto wrong = read(written, options)) return say(usage_error(app, *wrong));
  return connect::run_connect(options);
}

}  // namespace proxy::cli
