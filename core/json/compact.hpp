#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "core/json/json.hpp"

namespace core::json {

// The two halves of inspect(): quickly, and, where that gives no answer, closely.

/// Validates an array as JSON.stringify() writes it, which is what nearly every packet carries: no
/// whitespace, and no more than 63 levels in an element.
/// @param shape What is written to it counts when the answer is true.
/// @return True: valid, and this is its shape. False says nothing: look closely.
[[nodiscard]] bool inspect_compact(std::string_view text, Shape& shape) noexcept;

/// Validates any text, and knows where and why it is no JSON.
[[nodiscard]] tl::expected<Shape, Error> inspect_closely(std::string_view text) noexcept;

}  // namespace core::json
