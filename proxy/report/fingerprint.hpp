#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/finding.hpp"

namespace proxy::report {

/// What a finding is about, as far as it can be told. A name is absent where there is none.
struct Subject {
  std::optional<std::string> ns;
  std::optional<std::string> event;
};

/// The event that the finding names; else the one of the first packet in its evidence: a packet can
/// be malformed and still say which event it was to be.
[[nodiscard]] Subject subject_of(const rules::Finding& finding);

/// 16 hexadecimal digits that are the same for the same fault in tomorrow's run: made of the rule,
/// the direction, namespace, event and what was wrong, never of ids, sids, times or addresses. The
/// finding must be whole: where secrets are hidden already it comes out another.
[[nodiscard]] std::string fingerprint(const rules::Finding& finding);

/// A note without what changes from run to run: each word that holds a digit, or is as long as a
/// sid, becomes `#`.
[[nodiscard]] std::string normalised(std::string_view note);

}  // namespace proxy::report
