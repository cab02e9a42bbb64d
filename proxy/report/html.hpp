#pragma once

#include <string>

#include "proxy/report/run.hpp"

namespace proxy::report {

/// One page that needs nothing but itself: no script, no request, light or dark as the reader's
/// system is. Everything from the wire is escaped, and a Content-Security-Policy forbids whatever
/// an escape might have missed.
[[nodiscard]] std::string html(const Run& run);

}  // namespace proxy::report
