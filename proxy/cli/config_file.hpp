#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/report/acceptance.hpp"
#include "rules/registry.hpp"

/// The file of `--config`: TOML. Options stand in it under their own names, and beside them
///
///     [[ignore]]
///     rule = "protocol/malformed-packet"     # a rule or a group
///     event = "chat"                         # optional, and so is nsp
///     reason = "known, fixed in release 12"
///     expires = 2026-12-31                   # the last day, UTC
namespace proxy::cli {

struct Configuration {
  std::vector<CLI::ConfigItem> options;  ///< as they were written: CLI11 believes nothing yet
  std::vector<report::Ignore> ignores;   ///< checked
};

/// `known` are the rules that an ignore may name; `today`, in UTC, tells which have expired.
/// Error: a sentence that goes on from "the configuration file 'F'": what, which, what to do.
[[nodiscard]] tl::expected<Configuration, std::string> read_configuration(
    std::istream& in, std::span<const rules::Description> known, std::chrono::sys_days today);

/// What a ConfigReader throws, for parse_with() to catch: CLI11 has no other way to be told.
class ConfigRefused : public CLI::ParseError {
 public:
  explicit ConfigRefused(std::string sentence)
      : CLI::ParseError("ConfigRefused", std::move(sentence), CLI::ExitCodes::ConfigError) {}
};

/// read_configuration() as CLI11 wants it. Ignores go to `ignores`, which outlives it.
class ConfigReader final : public CLI::Config {
 public:
  ConfigReader(std::span<const rules::Description> known, std::chrono::sys_days today,
               std::vector<report::Ignore>& ignores)
      : known_(known), today_(today), ignores_(ignores) {}

  [[nodiscard]] std::vector<CLI::ConfigItem> from_config(std::istream& in) const override;
  /// Nobody asks us to write one.
  [[nodiscard]] std::string to_config(const CLI::App*, bool, bool, std::string) const override {
    return {};
  }

 private:
  std::span<const rules::Description> known_;
  std::chrono::sys_days today_;
  std::vector<report::Ignore>& ignores_;
};

}  // namespace proxy::cli
