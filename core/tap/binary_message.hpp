#pragma once

#include <string_view>

#include "core/direction.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// A binary Engine.IO message, emitted in both readings: as an attachment and, where it is one, as
/// a packet of socket.io-msgpack-parser. Which of them holds is known to the session.
/// @param bytes Without what marks it as a message.
void read_binary_message(std::string_view bytes, Direction direction, const Settings& settings,
                         Emitter& emit);

}  // namespace core::tap
