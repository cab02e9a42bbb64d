#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

namespace proxy::cli {

enum class DurationErrc : std::uint8_t { NoNumber, NoUnit, UnknownUnit, TooLong };

/// A duration as options and the configuration file write it: digits and a unit, `250ms`, `5s`,
/// `2m` or `6h`. Errors: `NoNumber` when it does not start with a digit, `NoUnit` for bare digits,
/// `UnknownUnit` for anything else behind them, `TooLong` for more than a day.
[[nodiscard]] tl::expected<std::chrono::milliseconds, DurationErrc> parse_duration(
    std::string_view text) noexcept;

}  // namespace proxy::cli
