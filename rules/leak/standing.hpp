#pragma once

#include <optional>

#include "core/ids.hpp"
#include "rules/finding.hpp"

namespace rules::leak {

/// What stands against a session that its client has left behind.
struct Standing {
  Confidence confidence;
  core::SessionId successor;
  Grade grade;
};

/// A session may have been left behind for `successor`: events that go to both are copies, once a
/// finding says so.
struct Suspicion {
  core::SessionId old;
  core::SessionId successor;
  std::optional<Standing> standing;  ///< nullopt: not proven (yet)
};

}  // namespace rules::leak
