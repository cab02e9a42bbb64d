#pragma once

#include <optional>
#include <string_view>

#include "core/tap/tap.hpp"

namespace core::tap {

/// The application's own id of an event, as `--dedupe-key` names it: the source text of the value.
/// nullopt: no key is configured for this event, or it has nothing there.
/// @param name Source text of the event's name, @param data of the whole array that it leads.
[[nodiscard]] std::optional<std::string_view> message_id(std::string_view name,
                                                         std::string_view data,
                                                         const Settings& settings) noexcept;

}  // namespace core::tap
