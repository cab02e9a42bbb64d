#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "proxy/cli/host_port.hpp"

namespace proxy::cli {

enum class UpstreamErrc : std::uint8_t { NoScheme, Https, OtherScheme, BadAddress, HasPath };

/// The server behind the proxy: `http://HOST[:PORT]`, port 80 when none is given, one `/` allowed
/// at the end. Errors: `Https` for `https:` and `wss:`, which are not there yet; `OtherScheme` for
/// what is neither that nor `http:` or `ws:`; `HasPath` for a path, query or fragment, since
/// requests keep their own; `BadAddress` for credentials, port 0, or no proper host and port.
[[nodiscard]] tl::expected<HostPort, UpstreamErrc> parse_upstream_url(std::string_view text);

}  // namespace proxy::cli
