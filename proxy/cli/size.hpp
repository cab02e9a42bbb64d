#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace proxy::cli {

/// A number of bytes as options write it: digits and `kB`, `MB` or `GB`, thousands each. Nothing
/// for anything else, for zero, and for more than a petabyte.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

}  // namespace proxy::cli
