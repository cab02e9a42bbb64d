#pragma once

#include <span>
#include <string>

#include "proxy/net/address.hpp"

namespace proxy::net {

/// Why `error` (an errno) kept us from the upstream, as words: `connection refused`.
[[nodiscard]] std::string failure_reason(int error);

/// The one answer that the proxy gives itself: 502, one sentence that ends with `reason`,
/// Connection: close. `request` is what the client has sent so far; to a HEAD the sentence is left
/// out.
[[nodiscard]] std::string bad_gateway(const Endpoint& upstream, const std::string& reason,
                                      std::span<const char> request);

}  // namespace proxy::net
