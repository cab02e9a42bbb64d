#pragma once

#include <cstddef>
#include <string>

#include "proxy/report/run.hpp"

namespace proxy::report {

/// Annotations that GitHub shows of one level per step; it drops the rest without a word.
/// Source: GitHub's "Workflow commands" and the limits in its runner.
inline constexpr std::size_t kAnnotationsMax = 10;
/// A step summary that is longer is refused whole. Source: GitHub's "Adding a job summary".
inline constexpr std::size_t kStepSummaryBytesMax = std::size_t{1024} << 10;

/// Workflow commands, `::error title=...::...`: the doubts, then the findings, those that fail
/// first, kAnnotationsMax a level at most. Then the verdict as a plain line, and how many findings
/// found no place.
[[nodiscard]] std::string github(const Run& run);

}  // namespace proxy::report
