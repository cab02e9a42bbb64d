#pragma once

#include <optional>
#include <string_view>

#include "rules/finding.hpp"

namespace rules {

/// The namespace and event of a packet of which only the start is known, `42/chat,["upload",...`;
/// of a polling payload those of its first packet. Nothing when it is no EVENT or was cut before.
[[nodiscard]] std::optional<EventName> name_of(std::string_view start);

}  // namespace rules
