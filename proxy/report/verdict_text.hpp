#pragma once

#include <span>
#include <string>

#include "proxy/report/paint.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/verdict.hpp"

namespace proxy::report {

/// The verdict in one line: `clean: 12 sessions, 340 deliveries, ...`.
[[nodiscard]] std::string verdict_line(const Verdict& verdict, Colours colours);

/// The verdict for people: the result, what it rests on, the findings in short, what was delivered
/// how often, what went unobserved, and what to do about it.
[[nodiscard]] std::string verdict_text(const Verdict& verdict,
                                       std::span<const rules::Finding> findings,
                                       const Redaction& redaction, Colours colours);

}  // namespace proxy::report
