#pragma once

#include <string_view>

#include "core/direction.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// One Engine.IO v4 packet in text form, `42["news",1]`, as a WebSocket text message or one packet
/// of a polling payload: decodes it, and the Socket.IO packet in it, and emits what it is.
void read_text(std::string_view text, Direction direction, const Settings& settings, Emitter& emit);

/// One binary Engine.IO message.
void read_binary(std::string_view bytes, Direction direction, Emitter& emit);

}  // namespace core::tap
