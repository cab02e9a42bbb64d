#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace core::http {

/// A request target in two parts; both borrow the target.
struct TargetView {
  std::string_view path;   ///< From the first `/`. Empty for `*` and for CONNECT's `host:port`.
  std::string_view query;  ///< After the first `?`, up to a `#`. Empty when there is none.
};

/// Splits a target in origin form (`/path?query`) or absolute form (`http://host/path?query`).
/// Source: RFC 9112, section 3.2.
[[nodiscard]] TargetView split_target(std::string_view target) noexcept;

/// The first value of the query parameter `name`, as on the wire; nullopt when it is absent.
/// `name` is plain; names in the query are compared percent-decoded, as Node's querystring does.
[[nodiscard]] std::optional<std::string_view> query_parameter(std::string_view query,
                                                              std::string_view name) noexcept;

/// Percent-decodes a query value: `+` is a space, and a `%` that starts no escape stands for
/// itself, as in Node's querystring.
[[nodiscard]] std::string percent_decode(std::string_view value);

}  // namespace core::http
