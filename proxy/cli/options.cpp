#include "proxy/cli/options.hpp"

#include <algorithm>
#include <thread>

#include "proxy/cli/command_line.hpp"
#include "proxy/cli/duration.hpp"
#include "proxy/cli/identity_options.hpp"
#include "proxy/cli/judging_options.hpp"
#include "proxy/cli/replay_options.hpp"

namespace proxy::cli {
namespace {

/// Options of `proxy` and `check` alone, as they were written, before anything is believed.
struct Written : WrittenJudging {
  std::string listen;
  WrittenUpstreams upstreams;
  WrittenNaming naming;
  WrittenAdmin admin;
  WrittenCapture capture;
  WrittenLimits limits;
  WrittenTls tls;
  std::string threads;
  std::string drain = "5s";
  bool expect_traffic = false;
  WrittenLog log;
};

void add_options(CLI::App& app, Written& written, std::span<const rules::Description> known,
                 std::chrono::sys_days today) {
  app.add_option("--listen", written.listen, "where clients connect; port 0 picks a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  add_upstream_options(app, written.upstreams);
  add_naming_options(app, written.naming);
  add_admin_options(app, written.admin);
  add_tls_options(app, written.tls);
  add_capture_options(app, written.capture);
  add_judging_options(app, written, known, today);
  add_limit_options(app, written.limits);
  app.add_option("--threads", written.threads, "I/O threads; default: one per core")
      ->type_name("N");
  app.add_option("--drain", written.drain, "how long open connections may go on after SIGTERM")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_flag("--expect-traffic", written.expect_traffic,
               "inconclusive when no Socket.IO session came");
  add_log_options(app, written.log);
}

tl::expected<std::chrono::milliseconds, std::string> duration_of(std::string_view option,
                                                                 const std::string& text) {
  return parse_duration(text).map_error([&](DurationErrc code) {
    const std::string_view why =
        code == DurationErrc::TooLong ? "is more than a day" : "is no duration";
    return std::string(option) + " " + in_quotes(text) + " " + std::string(why) +
           "; write it as 250ms, 5s or 2m";
  });
}

tl::expected<std::size_t, std::string> threads_of(const std::string& text) {
  constexpr std::size_t kThreadsMax = 256;
  if (text.empty())
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const std::size_t count = digits && text.size() <= 3 ? std::stoul(text) : 0;
  if (count == 0 || count > kThreadsMax)
    return refuse("--threads " + in_quotes(text) +
                  " is no number from 1 to 256; leave it out for one per core");
  return count;
}

tl::expected<net::Endpoint, std::string> endpoint_of(std::string_view option,
                                                     const std::string& text) {
  if (text.empty())
    return refuse(std::string(option) + " is missing; write it as " + std::string(option) +
                  " 127.0.0.1:3001");
  return net::parse_endpoint(text).map_error(
      [&](const net::StartError& error) { return std::string(option) + ": " + error.sentence; });
}

WatchOptions read(Written& written, std::span<const rules::Description> known,
                  Complaints& complaints) {
  WatchOptions options;
  complaints.take(endpoint_of("--listen", written.listen), options.listen);
  complaints.take(read_upstreams(written.upstreams), options.upstreams);
  complaints.take(read_naming(written.naming), options.naming);
  complaints.take(read_tls(written.tls, options.upstreams), options.tls);
  read_judging_options(written, known, complaints, options);
  complaints.take(read_admin(written.admin), options.admin);
  complaints.take(read_capture(written.capture), options.capture);
  complaints.take(read_limits(written.limits), options.limits);
  complaints.take(threads_of(written.threads), options.threads);
  complaints.take(duration_of("--drain", written.drain), options.drain);
  complaints.take(read_log(written.log), options.log);
  options.expect_traffic = written.expect_traffic;
  return options;
}

constexpr std::string_view kProxyExamples =
    "Examples:\n"
    "  sioscope proxy --listen 0.0.0.0:3001 --upstream http://127.0.0.1:3000\n"
    "  sioscope proxy --listen 127.0.0.1:3001 --upstream http://app:3000 \\\n"
    "    --findings findings.ndjson --admin 127.0.0.1:9100\n"
    "  sioscope proxy --listen 127.0.0.1:3001 --upstream http://app:3000 --report "
    "html=report.html\n"
    "  sioscope proxy --listen 0.0.0.0:443 --tls-cert own.pem --upstream https://app:3000 "
    "--upstream-ca ca.pem\n"
    "SIGHUP reads the certificates again; SSLKEYLOGFILE gets the secrets of TLS connections.\n"
    "Two servers, to see whether sessions stick:\n"
    "  sioscope proxy --listen 127.0.0.1:3001 --upstream http://app-1:3000 --upstream "
    "http://app-2:3000 \\\n"
    "    --balance round-robin\n"
    "In the file of --config:\n"
    "  upstream = \"http://127.0.0.1:3000\"\n"
    "  [[ignore]]\n"
    "  rule = \"protocol/malformed-packet\"   # or a group; optional: event, nsp\n"
    "  reason = \"known, fixed in release 12\"\n"
    "  expires = 2026-12-31\n"
    "Point clients at --listen. SIGTERM ends it: it drains, prints the verdict and exits with 0 "
    "(clean),\n"
    "1 (findings), 2 (usage) or 3 (inconclusive).";

constexpr std::string_view kCheckExamples =
    "COMMAND finds the proxy in the environment variable SIOSCOPE_URL, and with --admin its API in "
    "SIOSCOPE_ADMIN.\n"
    "Examples:\n"
    "  sioscope check --upstream http://127.0.0.1:3000 -- npm test\n"
    "  sioscope check --upstream http://127.0.0.1:3000 --env SERVER_URL --fail-on leak -- npx "
    "playwright test\n"
    "  sioscope check --upstream http://127.0.0.1:3000 --report junit=sioscope.xml \\\n"
    "    --report sarif=sioscope.sarif --report github -- npm test\n"
    "Does this version of my client leak, as it did in production?\n"
    "  sioscope check --replay-serve leak.pcapng -- npm test\n"
    "To accept what is there today and fail on what is new:\n"
    "  sioscope check --upstream http://127.0.0.1:3000 --findings baseline.ndjson -- npm test\n"
    "  sioscope check --upstream http://127.0.0.1:3000 --baseline baseline.ndjson -- npm test\n"
    "To accept one fault until a date, in the file of --config:\n"
    "  [[ignore]]\n"
    "  rule = \"protocol/malformed-packet\"   # or a group; optional: event, nsp\n"
    "  reason = \"known, fixed in release 12\"\n"
    "  expires = 2026-12-31\n"
    "Exits with COMMAND's code if that fails, else 0 (clean), 1 (findings), 2 (usage) or 3 "
    "(inconclusive).";

}  // namespace

tl::expected<WatchOptions, Stop> parse_proxy(std::span<const std::string> arguments,
                                             std::span<const rules::Description> known,
                                             std::chrono::sys_days today) {
  CLI::App app(
      "Stands between clients and a Socket.IO server, passes every byte on, and reports faults.",
      "sioscope proxy");
  Written written;
  add_options(app, written, known, today);
  app.footer(std::string(kProxyExamples));
  if (auto stop = parse_with(app, arguments)) return tl::unexpected(*stop);

  Complaints complaints;
  WatchOptions options = read(written, known, complaints);
  if (!complaints.first().empty()) return tl::unexpected(usage_error(app, complaints.first()));
  return options;
}

tl::expected<CheckOptions, Stop> parse_check(std::span<const std::string> arguments,
                                             std::span<const rules::Description> known,
                                             std::chrono::sys_days today) {
  CLI::App app(
      "sioscope check [OPTIONS] -- COMMAND ARGS...\n"
      "Runs COMMAND with a proxy in front of its Socket.IO server, then judges what passed.",
      "sioscope check");
  Written written;
  written.listen = "127.0.0.1:0";
  add_options(app, written, known, today);
  std::string grace, replay_speed = "1";
  CheckOptions options;
  app.add_option("--grace", grace,
                 "how long to wait for proof after COMMAND; default: as suspects need, 1m at most")
      ->type_name("DURATION");
  app.add_option("--env", options.env, "a further variable that gets the proxy's URL (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--replay-serve", options.replay,
                 "instead of --upstream: be the server that a capture recorded, poison packets "
                 "included")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--replay-speed", replay_speed, "how many times as fast as recorded")
      ->type_name("N")
      ->capture_default_str();
  app.footer(std::string(kCheckExamples));

  const auto separator = std::find(arguments.begin(), arguments.end(), "--");
  const auto own = arguments.first(static_cast<std::size_t>(separator - arguments.begin()));
  if (auto stop = parse_with(app, own)) return tl::unexpected(*stop);

  Complaints complaints;
  if (!options.replay.empty()) {
    if (!written.upstreams.urls.empty())
      complaints.add("--upstream and --replay-serve are two servers; leave one out");
    written.upstreams.urls = {"http://127.0.0.1:1"};  // Nobody will connect there.
  }
  options.watch = read(written, known, complaints);
  options.watch.expect_traffic = true;
  if (const auto times = parse_speed(replay_speed))
    options.replay_speed = *times;
  else
    complaints.add("--replay-speed " + in_quotes(replay_speed) + " is no number from 0.01 to 1000");
  if (!grace.empty()) complaints.take(duration_of("--grace", grace), options.grace);
  for (const std::string& name : options.env)
    if (name.empty() || name.find('=') != std::string::npos)
      complaints.add("--env " + in_quotes(name) +
                     " is no name of a variable; write it as --env SERVER_URL");
  if (separator != arguments.end()) options.command.assign(separator + 1, arguments.end());
  if (options.command.empty())
    complaints.add(
        "there is no command to run; put it last, as in sioscope check --upstream URL -- npm test");
  if (!complaints.first().empty()) return tl::unexpected(usage_error(app, complaints.first()));
  return options;
}

tl::expected<RulesOptions, Stop> parse_rules(std::span<const std::string> arguments) {
  CLI::App app("Says what each rule detects, what proves it, and what to do.", "sioscope rules");
  RulesOptions options;
  app.add_option("RULE", options.rule, "one rule or one group; all when left out");
  app.add_flag("--markdown", options.markdown, "the table of rules/README.md");
  app.footer(
      "Examples:\n  sioscope rules\n  sioscope rules leak\n  sioscope rules "
      "leak/orphan-after-parse-error");
  if (auto stop = parse_with(app, arguments)) return tl::unexpected(*stop);
  return options;
}

}  // namespace proxy::cli
