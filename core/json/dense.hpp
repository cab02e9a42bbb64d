#pragma once

#include <cstddef>
#include <string_view>

#include "core/json/blocks.hpp"
#include "core/json/json.hpp"

namespace core::json {

/// Bytes that a text must have for inspect_dense().
inline constexpr std::size_t kDenseBytesMin = 64;

/// inspect_compact() by blocks of 64 bytes instead of by tokens. What it takes does not depend on
/// how many tokens there are, or how well a branch can foretell them; but it is slow to start.
/// @param text At least kDenseBytesMin long, the first byte `[`, the last one `]`.
/// @param reader One for this machine, if widest_reader() has one.
/// @return As inspect_compact(): false says nothing.
[[nodiscard]] bool inspect_dense(std::string_view text, Shape& shape,
                                 const BlockReader& reader) noexcept;

/// The best reader of this machine. Null ones where inspect_dense() would not pay, or not run.
[[nodiscard]] BlockReader widest_reader() noexcept;

}  // namespace core::json
