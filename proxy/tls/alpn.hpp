#pragma once

#include <string_view>

namespace proxy::tls {

/// What we speak, as ALPN writes it. Source: RFC 7301, 3.1.
inline constexpr std::string_view kAlpn = "\x08http/1.1";

}  // namespace proxy::tls
