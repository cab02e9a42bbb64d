#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/tap/tap.hpp"
#include "rules/analysis.hpp"
#include "tests/transcripts/scenario.hpp"

namespace transcripts {

/// Plays a scenario through taps and the analysis as the proxy does, in virtual time.
class Play {
 public:
  /// Borrows `scenario`.
  explicit Play(const Scenario& scenario);

  /// From start to end. With `tick` above zero the clock is looked at every so often, and the
  /// records are taken each time.
  void run(core::Duration tick = {});

  /// From now on one step in eight is lost on its way to the analysis, chosen by the seed.
  void lose(std::uint64_t seed) { loss_.emplace(seed); }

  /// Memory is short from one step of the scenario until another.
  void short_of_memory(std::size_t from, std::size_t until) { short_of_memory_ = {from, until}; }
  [[nodiscard]] rules::Tally tally() const { return analysis_.tally(); }

  /// What stands and what was withdrawn, in the words of tests/transcripts/README.md, sorted.
  [[nodiscard]] std::vector<std::string> findings() const;
  /// What was expected and is not so, or is so and was not expected. Empty: all is well.
  [[nodiscard]] const std::vector<std::string>& differences() const noexcept {
    return differences_;
  }
  [[nodiscard]] rules::Traffic traffic() const noexcept { return analysis_.traffic(); }
  /// Every record, in order, with all that it says.
  [[nodiscard]] const std::string& records() const noexcept { return records_; }

 private:
  void step(const Step& step);
  void observe();
  void take();
  void check(const std::string& claim, const std::string& where);
  void compare();

  const Scenario& scenario_;
  core::tap::Settings settings_;
  rules::Analysis analysis_;
  core::EventBuffer events_;
  std::map<core::ConnectionId, core::tap::Tap> taps_;
  struct Standing {
    std::string line;
    std::string whole;
    std::string withdrawn;  ///< what is said should it be
  };
  std::map<std::uint32_t, Standing> standing_;
  std::vector<std::string> withdrawn_;
  std::string records_;
  std::vector<std::string> differences_;
  std::optional<std::mt19937_64> loss_;
  std::pair<std::size_t, std::size_t> short_of_memory_{};
};

}  // namespace transcripts
