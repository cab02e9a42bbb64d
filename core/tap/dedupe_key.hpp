#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "core/tap/tap.hpp"

namespace core::tap {

enum class DedupeKeyErrc : std::uint8_t {
  NoEvent,     ///< nothing before `=`, or no `=`
  NoArgument,  ///< the path does not begin with `$[0]`, or another number
  BadStep,     ///< what follows is neither `.name`, `["name"]` nor `[0]`
};

/// `chat=$[0].id`: of the event `chat`, the member `id` of the first argument. The event's name is
/// everything before the last `=$[`.
[[nodiscard]] tl::expected<DedupeKey, DedupeKeyErrc> parse_dedupe_key(std::string_view text);

}  // namespace core::tap
