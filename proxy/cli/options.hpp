#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/session/session.hpp"
#include "core/tap/tap.hpp"
#include "proxy/cli/admin_options.hpp"
#include "proxy/cli/capture_options.hpp"
#include "proxy/cli/fail_on.hpp"
#include "proxy/cli/limit_options.hpp"
#include "proxy/cli/log.hpp"
#include "proxy/cli/tls_options.hpp"
#include "proxy/cli/upstream_options.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/naming.hpp"
#include "proxy/report/acceptance.hpp"
#include "proxy/report/formats.hpp"
#include "proxy/report/redaction.hpp"
#include "rules/registry.hpp"

/// The command line and the configuration file, as values that are already checked: whoever gets
/// one of these structs need not doubt it.
namespace proxy::cli {

/// What every command that judges is told: what to look for, and where to say what.
struct JudgingOptions {
  core::tap::Settings tap;  ///< path and client key; the hash key is drawn at start
  core::session::Parser parser = core::session::Parser::Unknown;  ///< Unknown: as sessions show
  std::vector<std::string> handled_twice;  ///< events of which the user says so
  std::optional<std::string> findings;     ///< a file, or `-` for stdout
  std::vector<report::Target> reports;
  Gate gate;
  report::Acceptance acceptance;  ///< the ignores of the configuration file, and the baseline
  report::Redaction::Mode sids = report::Redaction::Mode::Shorten;
  bool quiet = false;
  LogOptions log;
};

/// What `proxy` and `check` have in common. A base, so that either can be handed on as what judges.
struct WatchOptions : JudgingOptions {
  net::Endpoint listen;
  UpstreamOptions upstreams;
  net::Naming naming;  ///< how they are told who a client is
  TlsOptions tls;
  std::optional<AdminOptions> admin;
  std::optional<CaptureOptions> capture;
  LimitOptions limits;
  std::size_t threads = 1;
  std::chrono::milliseconds drain{};
  bool expect_traffic = false;
};

struct CheckOptions {
  WatchOptions watch;               ///< its upstream says nothing where `replay` is not empty
  std::vector<std::string> replay;  ///< captures whose server is to be served to the command
  double replay_speed = 1;
  std::optional<std::chrono::milliseconds>
      grace;                         ///< nothing: as long as suspects ask for, kGraceMax at most
  std::vector<std::string> env;      ///< further variables that get the proxy's URL
  std::vector<std::string> command;  ///< not empty
};
inline constexpr auto kGraceMax = std::chrono::seconds(60);

struct RulesOptions {
  std::string rule;       ///< empty for all
  bool markdown = false;  ///< the table of rules/README.md
};

/// The program is to end at once: `--help`, or an error of the user's.
struct Stop {
  int exit_code = 0;
  std::string text;  ///< for stdout when the code is 0; else one sentence for stderr
};

/// `arguments` are what follows the command's name. The file named by `--config` has the same
/// names; the command line wins. `today`, in UTC, tells which of its ignores have expired.
/// Errors: Stop, with exit code 2 and a sentence saying what, which, and what to do.
[[nodiscard]] tl::expected<WatchOptions, Stop> parse_proxy(
    std::span<const std::string> arguments, std::span<const rules::Description> known,
    std::chrono::sys_days today);
[[nodiscard]] tl::expected<CheckOptions, Stop> parse_check(
    std::span<const std::string> arguments, std::span<const rules::Description> known,
    std::chrono::sys_days today);
[[nodiscard]] tl::expected<RulesOptions, Stop> parse_rules(std::span<const std::string> arguments);

}  // namespace proxy::cli
