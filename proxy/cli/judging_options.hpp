#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "proxy/cli/options.hpp"
#include "rules/settings.hpp"

/// The options that every judging command has, from the command line to values: `proxy`, `check`
/// and `analyze`.
namespace proxy::cli {

/// As they were written, before anything is believed.
struct WrittenJudging {
  std::string path = "/socket.io/";
  std::string findings;
  std::vector<std::string> reports;
  std::string client_key;
  std::vector<std::string> dedupe_keys;
  std::vector<std::string> handled_twice;
  std::string parser = "auto";
  std::vector<std::string> fail_on;
  std::string baseline;
  std::vector<report::Ignore> ignores;  ///< of the configuration file
  std::vector<std::string> trust;
  bool reveal_sids = false;
  bool quiet = false;
};

[[nodiscard]] tl::unexpected<std::string> refuse(std::string sentence);
[[nodiscard]] std::string in_quotes(std::string_view text);

/// Stores a value, or remembers the first complaint.
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

/// `written` outlives the app.
void add_judging_options(CLI::App& app, WrittenJudging& written,
                         std::span<const rules::Description> known, std::chrono::sys_days today);
/// Fills `options`. Takes the ignores out of `written`.
void read_judging_options(WrittenJudging& written, std::span<const rules::Description> known,
                          Complaints& complaints, JudgingOptions& options);

/// How an analysis is to judge.
[[nodiscard]] rules::Settings rules_settings(const JudgingOptions& options);

}  // namespace proxy::cli
