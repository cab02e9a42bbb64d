#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/instant.hpp"

namespace core::capture {

/// A date and time as JSON carries them: `2026-11-26T15:32:20.544Z`, or with an offset, `+02:00`.
/// Nothing when it is none.
/// Source: RFC 3339, section 5.6.
[[nodiscard]] std::optional<Instant> read_time(std::string_view text) noexcept;

/// The same the other way round, UTC, to the microsecond: `2026-11-26T15:32:20.544000Z`.
[[nodiscard]] std::string text_of(Instant at);

}  // namespace core::capture
