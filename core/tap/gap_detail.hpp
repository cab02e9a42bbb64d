#pragma once

#include <cstdint>
#include <string_view>

#include "core/event.hpp"

namespace core::tap {

/// What exactly could not be read, in words: of the `detail` of an Unobserved event. Empty when it
/// has none.
[[nodiscard]] std::string_view gap_detail(Unobserved reason, std::uint8_t detail) noexcept;

}  // namespace core::tap
