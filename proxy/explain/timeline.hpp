#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "proxy/explain/findings.hpp"
#include "proxy/report/paint.hpp"

namespace proxy::explain {

/// How wide what is told may be, in cells, and whether in colour.
struct Page {
  std::size_t width = 100;
  report::Colours colours = report::Colours::Off;
};

/// The narrowest page (a headline still fits), and the narrowest with room for two sessions side by
/// side.
inline constexpr std::size_t kWidthMin = 50;
inline constexpr std::size_t kTwoColumnsMin = 70;

/// What proves a finding, as it went: oldest first, times counted from the first frame.
///
///               s-1, at fault                   │ s-2, its successor
///     +0.000 s  < 42[null,null]                 │
///     +0.388 s                                  │ < handshake
///                                               │   the same client opens a new session
///
/// The session at fault stands left and its successor right; without one, the other session of
/// the evidence. What belongs to a third crosses both columns. On a narrow page, and for one
/// session, there is one column. `more` are findings whose evidence is told too; what they share is
/// told once. Empty when there is no evidence.
[[nodiscard]] std::string timeline(const Finding& finding, std::span<const Finding* const> more,
                                   const Page& page);

}  // namespace proxy::explain
