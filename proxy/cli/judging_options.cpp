#include "proxy/cli/judging_options.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "core/tap/dedupe_key.hpp"
#include "proxy/cli/client_key.hpp"
#include "proxy/cli/config_file.hpp"
#include "proxy/cli/identity_options.hpp"

namespace proxy::cli {
namespace {

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

}  // namespace

tl::unexpected<std::string> refuse(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

void add_judging_options(CLI::App& app, WrittenJudging& written,
                         std::span<const rules::Description> known, std::chrono::sys_days today) {
  app.config_formatter(std::make_shared<ConfigReader>(known, today, written.ignores));
  app.set_config("--config", "",
                 "TOML file with options under these same names, and [[ignore]] tables: findings "
                 "that fail nothing until a date")
      ->type_name("FILE");
  app.add_option("--path", written.path, "the server's Socket.IO path")
      ->type_name("PATH")
      ->capture_default_str();
  app.add_option("--findings", written.findings,
                 "append findings and the verdict as NDJSON; - is stdout")
      ->type_name("FILE");
  app.add_option("--report", written.reports,
                 "write a report: " + report::format_names() +
                     "; to stdout without a FILE, terminal to stderr (repeatable) [terminal]")
      ->type_name("FORMAT[=FILE]")
      ->allow_extra_args(false);
  app.add_option("--client-key", written.client_key,
                 "what tells clients apart: cookie:NAME, header:NAME, query:NAME or auth:PATH; "
                 "',per-page' behind it when it tells pages apart")
      ->type_name("SPEC");
  add_trust_option(app, written.trust);
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
  app.add_option(
         "--fail-on", written.fail_on,
         "exit 1 on findings of SEVERITY, GROUP or RULE, with ':CONFIDENCE' or likely; or never "
         "(repeatable) [error:likely]")
      ->type_name("WHAT")
      ->allow_extra_args(false);
  app.add_option("--baseline", written.baseline,
                 "findings that are known and fail nothing: a file that --findings wrote")
      ->type_name("FILE");
  app.add_flag("--reveal-sids", written.reveal_sids,
               "write Engine.IO sids whole; they are secrets");
  app.add_flag("--quiet", written.quiet, "no findings as they arise, and a verdict of one line");
}

void read_judging_options(WrittenJudging& written, std::span<const rules::Description> known,
                          Complaints& complaints, JudgingOptions& options) {
  if (!written.path.starts_with('/'))
    complaints.add("--path " + in_quotes(written.path) +
                   " does not start with a slash; write it as /socket.io/");
  core::tap::ClientKey key;
  complaints.take(client_key_of(written.client_key), key);
  options.tap = core::tap::Settings(written.path, std::move(key));
  complaints.take(read_trust(written.trust), options.tap.trust);
  complaints.take(dedupe_keys_of(written.dedupe_keys), options.tap.dedupe_keys);
  options.handled_twice = written.handled_twice;
  if (!written.findings.empty()) options.findings = written.findings;
  complaints.take(reports_of(written.reports, written.findings), options.reports);
  complaints.take(parser_of(written.parser), options.parser);
  complaints.take(parse_fail_on(written.fail_on, known).map_error([&](const FailOnError& error) {
    return sentence_of(error, known);
  }),
                  options.gate);
  std::optional<report::Baseline> baseline;
  if (!written.baseline.empty())
    complaints.take(baseline_of(written.baseline, written.findings), baseline);
  options.acceptance = {std::move(written.ignores), std::move(baseline)};
  options.sids =
      written.reveal_sids ? report::Redaction::Mode::Reveal : report::Redaction::Mode::Shorten;
  options.quiet = written.quiet;
}

rules::Settings rules_settings(const JudgingOptions& options) {
  return {.key_names = options.tap.client_key.per_page ? core::session::ClientKeyNames::Page
                                                       : core::session::ClientKeyNames::User,
          .parser = options.parser,
          .handled_twice = options.handled_twice};
}

}  // namespace proxy::cli
