#pragma once

#include <string_view>

#include "core/direction.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/messages.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// The Socket.IO packet in an Engine.IO message: decodes it and emits what it is.
/// @param text The whole Engine.IO packet, `42["news",1]`.
void read_packet(std::string_view text, Revision revision, Direction direction,
                 const Settings& settings, Emitter& emit);

}  // namespace core::tap
