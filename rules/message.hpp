#pragma once

#include <cstdint>

#include "core/session/fact.hpp"

namespace rules {

/// What an EVENT says, whatever recovery appended to it: equal events are equal here, attachments
/// included. With a dedupe key it is the application's own id.
[[nodiscard]] inline std::uint64_t content_of(const core::session::MessageFact& message) noexcept {
  return message.offset && !message.keyed ? message.arguments_but_last : message.arguments;
}

}  // namespace rules
