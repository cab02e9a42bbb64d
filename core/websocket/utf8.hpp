#pragma once

#include <string_view>

namespace core::websocket {

/// Whether `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
/// For text messages that were compressed: call it on what the inflater gave.
/// Source: RFC 3629, section 4; RFC 6455, section 8.1.
[[nodiscard]] bool valid_utf8(std::string_view text) noexcept;

}  // namespace core::websocket
