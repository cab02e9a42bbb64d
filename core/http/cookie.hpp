#pragma once

#include <optional>
#include <string_view>

namespace core::http {

/// The first cookie called `name` in the value of a Cookie header: its value as on the wire,
/// without enclosing quotes; nullopt when it is absent. Names are case-sensitive. Borrows `header`.
/// Source: RFC 6265, section 5.4; npm `cookie`, parse().
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view header,
                                                          std::string_view name) noexcept;

}  // namespace core::http
