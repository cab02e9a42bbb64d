#pragma once

#include <cstdint>

#include "proxy/tls/openssl.hpp"

namespace proxy::tls {

enum class Role : std::uint8_t { Server, Client };

/// What both sides have in common: TLS 1.2 or later, no renegotiation, no compression, no memory
/// for idle connections, and as few calls to the kernel as can be.
[[nodiscard]] Owned<SSL_CTX> make_context(Role role);

}  // namespace proxy::tls
