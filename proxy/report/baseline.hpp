#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <set>
#include <string>
#include <tl/expected.hpp>

namespace proxy::report {

struct BaselineError {
  enum class Code : std::uint8_t { Unreadable, NoRecord, NoFingerprint };
  Code code;
  std::size_t line;  ///< from 1; 0 for Unreadable
};

/// The faults of an earlier run, by fingerprint: what `--findings` wrote. Empty is fine: then
/// everything is new.
class Baseline {
 public:
  /// Records as `--findings` writes them, one a line. Of each id the last record counts, and what
  /// was withdrawn is out; ids start anew behind a verdict, since a file may hold several runs.
  /// Records of other types are skipped, and so are blank lines.
  /// Errors: `Unreadable` when reading fails; `NoRecord` for a line that is no JSON object with a
  /// type; `NoFingerprint` for a finding without one (an older sioscope's).
  [[nodiscard]] static tl::expected<Baseline, BaselineError> read(std::istream& in);

  [[nodiscard]] bool holds(const std::string& fingerprint) const {
    return fingerprints_.contains(fingerprint);
  }
  [[nodiscard]] std::size_t size() const noexcept { return fingerprints_.size(); }

 private:
  std::set<std::string> fingerprints_;
};

}  // namespace proxy::report
