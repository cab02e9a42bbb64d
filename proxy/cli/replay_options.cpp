#include "proxy/cli/replay_options.hpp"

#include <charconv>

#include "proxy/cli/command_line.hpp"
#include "proxy/cli/judging_options.hpp"
#include "proxy/cli/target_options.hpp"

namespace proxy::cli {
namespace {

constexpr std::string_view kExamples =
    "--against has the correct client do again what each recorded client did, and says which of "
    "the\n"
    "recorded faults remain (the server's doing) and which are gone (the client's). --serve is the "
    "recorded\n"
    "server, poison packets included, for a client under test.\n"
    "Secrets in a capture are pseudonyms: give real ones with --auth, --header and --query.\n"
    "Examples:\n"
    "  sioscope replay leak.pcapng --against http://127.0.0.1:3000\n"
    "  sioscope replay leak.pcapng --against https://staging.example --auth token=abc --speed 4\n"
    "  sioscope replay leak.pcapng --against http://127.0.0.1:3000 --clients 50 "
    "--as-fast-as-possible\n"
    "  sioscope replay leak.pcapng --serve 127.0.0.1:3000\n"
    "  sioscope check --replay-serve leak.pcapng -- npm test\n"
    "--against exits with 0 (the replay is clean), 1 (findings remain), 2 (usage) or 3 "
    "(inconclusive).";

constexpr std::size_t kClientsMax = 10'000;

tl::expected<std::size_t, std::string> clients_of(const std::string& text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count == 0 || count > kClientsMax)
    return refuse("--clients " + in_quotes(text) + " is no number from 1 to 10000");
  return count;
}

}  // namespace

std::optional<double> parse_speed(const std::string& text) noexcept {
  double speed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), speed);
  if (error != std::errc{} || end != text.data() + text.size() || !(speed >= 0.01) || speed > 1000)
    return std::nullopt;
  return speed;
}

tl::expected<ReplayOptions, Stop> parse_replay(std::span<const std::string> arguments,
                                               std::span<const rules::Description> known,
                                               std::chrono::sys_days today) {
  CLI::App app("Does again what a capture recorded: the clients' side, or the server's.",
               "sioscope replay");
  WrittenJudging written;
  WrittenTarget target;
  ReplayOptions options;
  std::string against, serve, speed = "1", clients = "1";
  app.add_option("FILE", options.files, "captures, as `sioscope analyze` reads them");
  app.add_option("--against", against, "the server that every recorded client is to meet again")
      ->type_name("URL");
  app.add_option("--serve", serve, "where to be the recorded server; port 0 picks a free one")
      ->type_name("HOST:PORT");
  app.add_option("--speed", speed, "how many times as fast as recorded")
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--as-fast-as-possible", options.at_once,
               "wait only for connections and acknowledgements");
  app.add_option("--clients", clients, "how many copies of each recorded client")
      ->type_name("N")
      ->capture_default_str();
  add_target_options(app, target);
  add_judging_options(app, written, known, today);
  app.footer(std::string(kExamples));
  if (auto stop = parse_with(app, arguments)) return tl::unexpected(*stop);

  Complaints complaints;
  read_judging_options(written, known, complaints, options);
  if (options.files.empty())
    complaints.add(
        "there is no FILE; name a capture, as in sioscope replay leak.pcapng --against "
        "http://127.0.0.1:3000");
  if (against.empty() == serve.empty())
    complaints.add("give either --against URL or --serve HOST:PORT");
  if (!against.empty()) {
    const auto url = client::parse_server_url(against);
    if (url) {
      options.against = url->remote;
      options.target.query = url->query;
    } else {
      complaints.add("--against: " + url.error());
    }
  }
  if (!serve.empty()) {
    const auto endpoint = net::parse_endpoint(serve);
    if (endpoint)
      options.serve = *endpoint;
    else
      complaints.add("--serve: " + endpoint.error().sentence);
  }
  if (const auto times = parse_speed(speed))
    options.speed = *times;
  else
    complaints.add("--speed " + in_quotes(speed) + " is no number from 0.01 to 1000");
  complaints.take(clients_of(clients), options.clients);
  options.target.path = options.tap.http.path_prefix + "/";
  std::string auth;
  if (const auto wrong = read_target_options(target, options.target, auth)) complaints.add(*wrong);
  if (!auth.empty()) options.auth = auth;
  options.tls = tls_of(target);
  if (!complaints.first().empty()) return tl::unexpected(usage_error(app, complaints.first()));
  return options;
}

}  // namespace proxy::cli
