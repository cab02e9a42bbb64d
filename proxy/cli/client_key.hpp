#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "core/tap/tap.hpp"

namespace proxy::cli {

enum class ClientKeyErrc : std::uint8_t { NoSource, UnknownSource, NoName, UnknownSuffix };

/// `--client-key`: `cookie:NAME`, `header:NAME`, `query:NAME` or `auth:PATH`, and `,per-page` when
/// the key tells pages apart, not only users. Header names become lower case.
[[nodiscard]] tl::expected<core::tap::ClientKey, ClientKeyErrc> parse_client_key(
    std::string_view text);

}  // namespace proxy::cli
