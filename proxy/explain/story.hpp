#pragma once

#include <span>
#include <string>

#include "proxy/explain/findings.hpp"
#include "proxy/explain/timeline.hpp"

namespace proxy::explain {

/// One finding as a story: what happened, whose fault, how sure and why, how it went, what to do,
/// and which of `all` belong to it. Several lines.
[[nodiscard]] std::string tell(const Finding& finding, std::span<const Finding> all,
                               const Page& page);

/// One line a finding, to choose from.
[[nodiscard]] std::string list(std::span<const Finding> findings, const Page& page);

}  // namespace proxy::explain
