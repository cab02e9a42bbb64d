#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace core::client {

/// SHA-1, for the WebSocket handshake alone, which asks for it and needs no secrecy of it. core/
/// sees no OpenSSL. Source: FIPS 180-4, 6.1.
[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::string_view text);

}  // namespace core::client
