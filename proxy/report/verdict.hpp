#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rules/verdict.hpp"

namespace proxy::report {

enum class Result : std::uint8_t { Clean, Findings, Inconclusive };

/// Why "nothing found" would claim too much.
enum class Doubt : std::uint8_t {
  Unobserved,        ///< Socket.IO traffic went by undecoded
  Unproven,          ///< a suspect ended before it could be proven or refuted
  NoTraffic,         ///< traffic was expected and there was none
  NothingCaptured,   ///< a capture has none
  NothingReplayed,   ///< a replay came to none
  CaptureDamaged,    ///< part of a capture could not be read, or was dropped when it was made
  FindingsNotKept,   ///< the findings file could not be written in full
  ReportNotWritten,  ///< likewise a --report
  OnlyCounted,       ///< of a mark: so many findings that whose they are was not kept
};

/// What a run comes to, with what it rests on.
struct Verdict {
  Result result = Result::Clean;
  rules::Tally tally;
  std::uint64_t ignored = 0;  ///< of the findings, those that an ignore excuses
  std::uint64_t known = 0;    ///< ... and those that the baseline does
  std::vector<Doubt> doubts;
  std::optional<int> child_exit;  ///< of `check`'s command; 128 + n for a signal
  int own_exit = 0;               ///< what the run deserves apart from that
};

[[nodiscard]] constexpr std::string_view name(Result value) noexcept {
  switch (value) {
    case Result::Clean:
      return "clean";
    case Result::Findings:
      return "findings";
    case Result::Inconclusive:
      return "inconclusive";
  }
  return "";
}

}  // namespace proxy::report
