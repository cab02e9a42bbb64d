#pragma once

#include <string>

#include "proxy/admin/numbers.hpp"

namespace proxy::admin {

/// Prometheus exposition text. `direction` is `upstream` (client to server) or `downstream`. No
/// label has more values than our own enums, rules and `--upstream`s: never a sid, a name from the
/// wire or a client's address. Every line is there from the start, at 0, so that an alert has
/// something to rise from.
[[nodiscard]] std::string metrics_text(const Numbers& numbers);

}  // namespace proxy::admin
