#include "proxy/cli/options.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/tap/dedupe_key.hpp"
#include "proxy/cli/client_key.hpp"
#include "proxy/cli/command_line.hpp"
#include "proxy/cli/config_file.hpp"
#include "proxy/cli/duration.hpp"

namespace proxy::cli {
namespace {

/// Options as they were written, before anything is believed.
struct Written {
  std::string listen;
  std::vector<std::string> upstream;
  std::string path = "/socket.io/";
  std::string admin;
  std::string findings;
  std::vector<std::string> reports;
  WrittenCapture capture;
  std::string client_key;
  std::vector<std::string> dedupe_keys;
  std::vector<std::string> handled_twice;
  std::string parser = "auto";
  std::string threads;
  std::string drain = "5s";
  std::vector<std::string> fail_on;
  std::string baseline;
  std::vector<report::Ignore> ignores;  ///< of the configuration file
  bool expect_traffic = false;
  bool reveal_sids = false;
  std::string log_level = "warning";
  bool quiet = false;
};

void add_options(CLI::App& app, Written& written, std::span<const rules::Description> known,
                 std::chrono::sys_days today) {
  app.config_formatter(std::make_shared<ConfigReader>(known, today, written.ignores));
  app.set_config("--config", "",
                 "TOML file with options under these same names, and [[ignore]] tables: findings "
                 "that fail nothing until a date")
      ->type_name("FILE");
  app.add_option("--listen", written.listen, "where clients connect; port 0 picks a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--upstream", written.upstream, "the Socket.IO server, http://HOST:PORT")
      ->type_name("URL")
      ->allow_extra_args(false);
  app.add_option("--path", written.path, "the server's Socket.IO path")
      ->type_name("PATH")
      ->capture_default_str();
  app.add_option("--admin", written.admin,
                 "serve /healthz /readyz /metrics /api/findings /api/verdict there, and take POST "
                 "/marks /assert /reset")
      ->type_name("HOST:PORT");
  app.add_option("--findings", written.findings,
                 "append findings and the verdict as NDJSON; - is stdout")
      ->type_name("FILE");
  app.add_option("--report", written.reports,
                 "write a report: " + report::format_names() +
                     "; to stdout without a FILE, terminal to stderr (repeatable) [terminal]")
      ->type_name("FORMAT[=FILE]")
      ->allow_extra_args(false);
  add_capture_options(app, written.capture);
  app.add_option("--client-key", written.client_key,
                 "what tells clients apart: cookie:NAME, header:NAME, query:NAME or auth:PATH; "
                 "',per-page' behind it when it tells pages apart")
      ->type_name("SPEC");
  app.add_option(
         "--parser", written.parser,
         "how packets are written: json, msgpack, or auto, as each session's first packet tells")
      ->type_name("auto|json|msgpack")
      ->capture_default_str();
  app.add_option(
         "--dedupe-key", written.dedupe_keys,
         "where an event carries the application's own message id, as in 'chat=$[0].id': the "
         "same id twice is a proven duplicate (repeatable)")
      ->type_name("EVENT=PATH")
      ->allow_extra_args(false);
  app.add_option("--handled-twice", written.handled_twice,
                 "an event whose handler runs twice: say whether it was sent twice (repeatable)")
      ->type_name("EVENT")
      ->allow_extra_args(false);
  app.add_option("--threads", written.threads, "I/O threads; default: one per core")
      ->type_name("N");
  app.add_option("--drain", written.drain, "how long open connections may go on after SIGTERM")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option(
         "--fail-on", written.fail_on,
         "exit 1 on findings of SEVERITY, GROUP or RULE, with ':CONFIDENCE' or likely; or never "
         "(repeatable) [error:likely]")
      ->type_name("WHAT")
      ->allow_extra_args(false);
  app.add_option("--baseline", written.baseline,
                 "findings that are known and fail nothing: a file that --findings wrote")
      ->type_name("FILE");
  app.add_flag("--expect-traffic", written.expect_traffic,
               "inconclusive when no Socket.IO session came");
  app.add_flag("--reveal-sids", written.reveal_sids,
               "write Engine.IO sids whole; they are secrets");
  app.add_option("--log-level", written.log_level, "debug, info, warning, error or off")
      ->type_name("LEVEL")
      ->capture_default_str();
  app.add_flag("--quiet", written.quiet, "no findings as they arise, and a verdict of one line");
}

tl::unexpected<std::string> refuse(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

tl::expected<net::Endpoint, std::string> upstream_of(const std::vector<std::string>& urls) {
  if (urls.empty())
    return refuse(
        "--upstream is missing; name the Socket.IO server, as in --upstream http://127.0.0.1:3000");
  if (urls.size() > 1)
    return refuse("--upstream can be given only once so far; start one sioscope per server");
  const std::string& url = urls.front();
  if (url.starts_with("https:") || url.starts_with("wss:"))
    return refuse("--upstream " + in_quotes(url) +
                  ": TLS towards the server is not supported yet; use its http:// port");
  return net::parse_http_url(url).map_error(
      [](const net::StartError& error) { return "--upstream: " + error.sentence; });
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

tl::expected<core::tap::ClientKey, std::string> client_key_of(const std::string& text) {
  if (text.empty()) return core::tap::ClientKey{};
  return parse_client_key(text).map_error([&](ClientKeyErrc) {
    return "--client-key " + in_quotes(text) +
           " is not understood; write cookie:NAME, header:NAME, query:NAME or auth:PATH, with "
           ",per-page behind it or not";
  });
}

tl::expected<std::vector<core::tap::DedupeKey>, std::string> dedupe_keys_of(
    const std::vector<std::string>& texts) {
  std::vector<core::tap::DedupeKey> keys;
  for (const std::string& text : texts) {
    auto key = core::tap::parse_dedupe_key(text);
    if (!key)
      return refuse(
          "--dedupe-key " + in_quotes(text) +
          " is not understood; write EVENT=$[ARGUMENT] and then .member or [index], as in "
          "'chat=$[0].id'");
    keys.push_back(std::move(*key));
  }
  return keys;
}

std::string sentence_of(const FailOnError& error, std::span<const rules::Description> known) {
  switch (error.code) {
    case FailOnError::Code::UnknownName:
      return "--fail-on " + in_quotes(error.text) +
             " is no severity, group or rule; there are: " + fail_on_names(known);
    case FailOnError::Code::UnknownConfidence:
      return "--fail-on knows no confidence " + in_quotes(error.text) +
             "; there are: possible, likely, certain";
    case FailOnError::Code::NeverAndMore:
      return "--fail-on 'never' and another --fail-on contradict each other; leave one out";
  }
  return "";
}

tl::expected<core::session::Parser, std::string> parser_of(const std::string& text) {
  using core::session::Parser;
  if (text == "auto") return Parser::Unknown;
  if (text == "json") return Parser::Json;
  if (text == "msgpack") return Parser::MsgPack;
  return refuse(
      "--parser " + in_quotes(text) +
      " is unknown; there are: auto, json, msgpack (other parsers are recognised by themselves)");
}

tl::expected<LogLevel, std::string> log_level_of(const std::string& text) {
  if (text == "debug") return LogLevel::Debug;
  if (text == "info") return LogLevel::Info;
  if (text == "warning") return LogLevel::Warning;
  if (text == "error") return LogLevel::Error;
  if (text == "off") return LogLevel::Off;
  return refuse("--log-level " + in_quotes(text) +
                " is unknown; there are: debug, info, warning, error, off");
}

tl::expected<net::Endpoint, std::string> endpoint_of(std::string_view option,
                                                     const std::string& text) {
  if (text.empty())
    return refuse(std::string(option) + " is missing; write it as " + std::string(option) +
                  " 127.0.0.1:3001");
  return net::parse_endpoint(text).map_error(
      [&](const net::StartError& error) { return std::string(option) + ": " + error.sentence; });
}

tl::expected<std::vector<report::Target>, std::string> reports_of(
    const std::vector<std::string>& texts, const std::string& findings) {
  std::vector<report::Target> targets;
  std::vector<std::string> paths{findings};
  for (const std::string& text : texts) {
    auto target = report::parse_target(text);
    if (!target) return refuse("--report " + target.error());
    if (!target->to_stdout()) {
      if (std::find(paths.begin(), paths.end(), target->path) != paths.end())
        return refuse("--report " + in_quotes(text) +
                      ": that file gets another report already; give each its own");
      paths.push_back(target->path);
    }
    targets.push_back(std::move(*target));
  }
  return targets;
}

/// Whether both name one file, which need not be there.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code ignored;
  return one == other || std::filesystem::equivalent(one, other, ignored);
}

tl::expected<report::Baseline, std::string> baseline_of(const std::string& path,
                                                        const std::string& findings) {
  using Code = report::BaselineError::Code;
  const std::string what = "--baseline " + in_quotes(path);
  if (same_file(path, findings))
    return refuse(
        what +
        " is the file of --findings too, and what is new would be known from the next run "
        "on; give each its own");
  std::error_code none;
  std::ifstream in(path);
  if (!in.is_open())
    return refuse(what + " cannot be read: " + std::strerror(errno) +
                  "; make one with a run that has --findings " + path + " instead");
  auto baseline = std::filesystem::is_directory(path, none)
                      ? tl::unexpected(report::BaselineError{Code::Unreadable, 0})
                      : report::Baseline::read(in);
  if (baseline) return std::move(*baseline);
  const std::string line = "line " + std::to_string(baseline.error().line);
  switch (baseline.error().code) {
    case Code::Unreadable:
      break;
    case Code::NoRecord:
      return refuse(what + ", " + line +
                    ": no record as --findings writes them; make the file anew with --findings");
    case Code::NoFingerprint:
      return refuse(what + ", " + line +
                    ": a finding without a fingerprint; make the file anew with --findings");
  }
  return refuse(what + " cannot be read; name a file that --findings wrote");
}

/// Stores the value, or remembers the first complaint.
class Complaints {
 public:
  template <class Value, class Target>
  void take(tl::expected<Value, std::string> value, Target& target) {
    if (value)
      target = std::move(*value);
    else
      add(value.error());
  }
  void add(std::string sentence) {
    if (first_.empty()) first_ = std::move(sentence);
  }
  [[nodiscard]] const std::string& first() const noexcept { return first_; }

 private:
  std::string first_;
};

WatchOptions read(Written& written, std::span<const rules::Description> known,
                  Complaints& complaints) {
  WatchOptions options;
  complaints.take(endpoint_of("--listen", written.listen), options.listen);
  complaints.take(upstream_of(written.upstream), options.upstream);
  if (!written.path.starts_with('/'))
    complaints.add("--path " + in_quotes(written.path) +
                   " does not start with a slash; write it as /socket.io/");
  core::tap::ClientKey key;
  complaints.take(client_key_of(written.client_key), key);
  options.tap = core::tap::Settings(written.path, std::move(key));
  complaints.take(dedupe_keys_of(written.dedupe_keys), options.tap.dedupe_keys);
  options.handled_twice = written.handled_twice;
  if (!written.admin.empty()) complaints.take(endpoint_of("--admin", written.admin), options.admin);
  if (!written.findings.empty()) options.findings = written.findings;
  complaints.take(reports_of(written.reports, written.findings), options.reports);
  complaints.take(read_capture(written.capture), options.capture);
  complaints.take(parser_of(written.parser), options.parser);
  complaints.take(threads_of(written.threads), options.threads);
  complaints.take(duration_of("--drain", written.drain), options.drain);
  complaints.take(parse_fail_on(written.fail_on, known).map_error([&](const FailOnError& error) {
    return sentence_of(error, known);
  }),
                  options.gate);
  std::optional<report::Baseline> baseline;
  if (!written.baseline.empty())
    complaints.take(baseline_of(written.baseline, written.findings), baseline);
  options.acceptance = {std::move(written.ignores), std::move(baseline)};
  complaints.take(log_level_of(written.log_level), options.log_level);
  options.expect_traffic = written.expect_traffic;
  options.sids =
      written.reveal_sids ? report::Redaction::Mode::Reveal : report::Redaction::Mode::Shorten;
  options.quiet = written.quiet;
  return options;
}

constexpr std::string_view kProxyExamples =
    "Examples:\n"
    "  sioscope proxy --listen 0.0.0.0:3001 --upstream http://127.0.0.1:3000\n"
    "  sioscope proxy --listen 127.0.0.1:3001 --upstream http://app:3000 \\\n"
    "    --findings findings.ndjson --admin 127.0.0.1:9100\n"
    "  sioscope proxy --listen 127.0.0.1:3001 --upstream http://app:3000 --report "
    "html=report.html\n"
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
  std::string grace;
  CheckOptions options;
  app.add_option("--grace", grace,
                 "how long to wait for proof after COMMAND; default: as suspects need, 1m at most")
      ->type_name("DURATION");
  app.add_option("--env", options.env, "a further variable that gets the proxy's URL (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.footer(std::string(kCheckExamples));

  const auto separator = std::find(arguments.begin(), arguments.end(), "--");
  const auto own = arguments.first(static_cast<std::size_t>(separator - arguments.begin()));
  if (auto stop = parse_with(app, own)) return tl::unexpected(*stop);

  Complaints complaints;
  options.watch = read(written, known, complaints);
  options.watch.expect_traffic = true;
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
