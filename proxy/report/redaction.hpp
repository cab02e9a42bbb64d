#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rules/finding.hpp"

namespace proxy::report {

/// Keeps bearer secrets out of reports. An Engine.IO sid is one: who knows it can speak for its
/// session. Reports show its first six characters and `…`, wherever it stands.
class Redaction {
 public:
  enum class Mode : std::uint8_t { Shorten, Reveal };
  explicit Redaction(Mode mode) : mode_(mode) {}
  [[nodiscard]] Mode mode() const noexcept { return mode_; }

  /// `Zk3vQm…`; an empty sid stays empty.
  [[nodiscard]] std::string sid(std::string_view engine_sid) const;
  /// Text from the wire or from a rule: the given sids are shortened in it, also when the end of
  /// the text cuts one off, and so is what stands as `"sid"` in a handshake packet or as `sid=` in
  /// a URL.
  [[nodiscard]] std::string text(std::string_view text,
                                 std::span<const std::string> engine_sids) const;
  /// A copy of the finding that may leave the process.
  [[nodiscard]] rules::Finding finding(rules::Finding finding) const;

 private:
  Mode mode_;
};

}  // namespace proxy::report
