#pragma once

#include <string>

#include "proxy/admin/numbers.hpp"

namespace proxy::admin {

/// Prometheus exposition text. `direction` is `upstream` (client to server) or `downstream`. No
/// label has more values than our own enums and rules: never a sid, a name from the wire or an
/// address. Every line is there from the start, at 0, so that an alert has something to rise from.
[[nodiscard]] std::string metrics_text(const Numbers& numbers);

}  // namespace proxy::admin
